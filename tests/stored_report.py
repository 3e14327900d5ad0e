"""A report and a question, as the reporter writes them."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from db.reports.report_store import ReportFile, store_report
from db.workflows.worker_store import ClaimedJob, WorkerStore
from tests.database import Database

REQUEST = """SELECT workflow_id FROM request_workflow('key:ann', %s, '{"file": "work/fridge.csv"}',
    '[{"spec": {"file": "work/fridge.csv"}}]', '{}')"""
FIGURES = {
    "sensor_id": "fridge", "name": "Fridge", "readings": 1986, "coverage": 0.9846, "minimum": 3.87,
    "mean": 4.85, "maximum": 12.87, "mean_kinetic_temperature": 4.89, "excursions": 1,
    "seconds_outside": 5400, "gaps": 1,
}  # fmt: skip
QUESTION = {
    "question": "fridge.csv: does the day or the month come first?",
    "option": "time_format",
    "options": [
        {
            "label": f"the {part} first",
            "options": {"time_format": time_format},
            "readings": [
                {"sensor_id": "fridge", "measured_at": f"2026-{month}T00:00:00Z", "temperature": 4.5}
            ],
        }
        for part, month, time_format in (("day", "03-04", "%d/%m/%Y"), ("month", "04-03", "%m/%d/%Y"))
    ],
}
CONTENTS = {"pdf": b"%PDF-1.7\n", "json": b"{}\n"}


def store_report_and_question(owner: Database, worker_database: Database) -> UUID:
    """Store a report as PDF and JSON, and a workflow that asks something; return the ID of the latter."""
    with closing(WorkerStore(worker_database.settings)) as worker:
        job = _claim(owner, worker, "report")
        for file_format, content in CONTENTS.items():
            assert store_report(
                worker_database.settings, job.job_id, job.attempt, _file(file_format, content)
            )
        worker.finish(job.job_id, job.attempt, counts={"readings": 1986})
        asking = _claim(owner, worker, "file")
        assert worker.ask(asking.job_id, asking.attempt, QUESTION)
    return asking.workflow_id


def _claim(owner: Database, worker: WorkerStore, kind: str) -> ClaimedJob:
    owner.query(REQUEST, kind)
    job = worker.claim("reporter-1", [kind], 60)
    assert job
    return job


def _file(file_format: str, content: bytes) -> ReportFile:
    fields: dict[str, Any] = {"summary": {"sensors": [FIGURES]}, "document_sha256": "0" * 64}
    return ReportFile(
        format=file_format,
        name=f"fridge.{file_format}",
        title="The fridge in March",
        start=datetime(2026, 3, 2, tzinfo=UTC),
        end=datetime(2026, 3, 9, tzinfo=UTC),
        sensors=("fridge",),
        made_at=datetime(2026, 3, 9, 6, tzinfo=UTC),
        content=content,
        **fields,
    )

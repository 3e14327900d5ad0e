"""Files from a real WebDAV server become reports, with a real broker, consumer and database."""

import json
import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from db.roles import AccessLevel
from db.workflows.dropped_files import DroppedFiles
from db.workflows.worker_store import ClaimedJob, WorkerStore
from reporter.kinds.file import run_file
from reporter.kinds.files import run_files
from reporter.settings import ReporterSettings
from reports.verification import verify_report
from tests.broker import VirtualHost
from tests.database import Database, Roles
from tests.processes import Processes
from tests.unit.fake_job import FakeJob
from tests.waiting import DEADLINE_SECONDS, eventually
from tests.webdav_server import PASSWORD, USER, DavServer, webdav_server
from worker.context import JobFailed, JobInterrupted, JobKind, JobNeedsAnswer, JobResult

START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=7)
STEP = timedelta(minutes=5)
REQUEST = "SELECT workflow_id FROM request_workflow('ann', %s, %s, %s, '{}')"
LEASE_SECONDS = 600


@dataclass(frozen=True)
class FileJobs:
    """Runs file jobs in this process, while a consumer stores what they publish."""

    database: Database
    settings: ReporterSettings
    server: DavServer

    def claim(self, kind: str, **spec: Any) -> ClaimedJob:
        """Request a workflow, and claim its job."""
        self.database.query(REQUEST, kind, Jsonb(spec), Jsonb([{"kind": kind, "spec": spec}]))
        return self.claim_next(kind)

    def claim_next(self, kind: str) -> ClaimedJob:
        with closing(WorkerStore(self.settings)) as store:
            claimed = store.claim("one", [kind], LEASE_SECONDS)
        assert claimed
        return claimed

    def job(self, claimed: ClaimedJob, **fields: Any) -> FakeJob:
        return FakeJob(
            spec=claimed.spec,
            settings=self.settings,
            job_id=claimed.job_id,
            workflow_id=claimed.workflow_id,
            attempt=claimed.attempt,
            **fields,
        )

    def run(self, kind: JobKind, claimed: ClaimedJob) -> JobResult:
        """Run a job to its end, and record it."""
        try:
            result = kind(self.job(claimed))
        except JobFailed as failure:
            self.end(claimed, failure)
            raise
        self.end(claimed)
        return result

    def end(self, claimed: ClaimedJob, failure: JobFailed | None = None) -> None:
        """Record how a job has ended."""
        with closing(WorkerStore(self.settings)) as store:
            if failure:
                store.fail(claimed.job_id, claimed.attempt, str(failure), may_retry=failure.retry)
            else:
                store.finish(claimed.job_id, claimed.attempt)

    def report(self, path: str) -> dict[str, Any]:
        content = (self.server.root / path).read_bytes()
        assert verify_report(content) == []
        document: dict[str, Any] = json.loads(content)
        return document


@pytest.fixture
def files(
    broker: VirtualHost, database: Database, roles: Roles, run: Processes, tmp_path: Path
) -> Iterator[FileJobs]:
    run.start_consumer()
    root = tmp_path / "webdav"
    for folder in ("work", "finalizado", "erro"):
        (root / folder).mkdir(parents=True)
    with webdav_server(root) as server:
        settings = ReporterSettings(
            rabbitmq_url=broker.settings.rabbitmq_url,
            database_url=database.url_as(roles[AccessLevel.WORKER]),
            http_port=0,
            webdav_url=server.url,
            webdav_user=USER,
            webdav_password=SecretStr(PASSWORD),
        )
        yield FileJobs(database, settings, server)


def readings(count: int) -> list[tuple[datetime, float]]:
    return [(START + number * STEP, round(2 + number % 50 / 10, 1)) for number in range(count)]


def csv_of(rows: list[tuple[datetime, float]], *more: str, sensor: str = "fridge") -> str:
    lines = [f"{sensor},{time.isoformat()},{value}" for time, value in rows]
    return "\n".join(["sensor_id,time,temperature", *lines, *more]) + "\n"


def stored(files: FileJobs) -> list[tuple[datetime, float]]:
    rows = files.database.query("SELECT measured_at, temperature FROM reading ORDER BY measured_at")
    return [(row["measured_at"], row["temperature"]) for row in rows]


def test_a_file_that_is_interrupted_at_any_point_ends_once_with_each_reading_once(files: FileJobs) -> None:
    rows = readings(100)
    duplicate, invalid = f"fridge,{rows[7][0].isoformat()},{rows[7][1]}", "fridge,yesterday,4.0"
    files.server.write("work/fridge.csv", csv_of(rows, duplicate, invalid))
    claimed = files.claim("file", file="fridge.csv", formats=["json", "csv"])
    job, result, attempts = files.job(claimed), None, 0
    while result is None:
        attempts += 1
        job.interrupt_after, job.reports = 3 + 8 * attempts, 0
        with suppress(JobInterrupted):
            result = run_file(job)

    assert attempts > 3
    assert files.server.files() == [
        "finalizado/fridge-report.csv", "finalizado/fridge-report.json", "finalizado/fridge.csv",
    ]  # fmt: skip
    assert stored(files) == rows
    report = files.report("finalizado/fridge-report.json")
    [source] = report["inputs"]
    assert (source["name"], source["readings"]) == ("work/fridge.csv", 101)
    assert {(c["reason"], c["count"], tuple(c["lines"])) for c in source["cleaned"]} == {
        ("duplicate", 1, (102,)),
        ("out-of-order", 1, (102,)),
        ("invalid", 1, (103,)),
    }
    [sensor] = report["sensors"]
    assert sensor["readings"] == 100
    assert (sensor["minimum"]["temperature"], sensor["maximum"]["temperature"]) == (2.0, 6.9)
    names = files.database.query("SELECT name FROM report_file ORDER BY name")
    assert [row["name"] for row in names] == ["fridge-report.csv", "fridge-report.json"]


def test_a_file_without_readings_ends_in_the_folder_for_errors_with_the_reason(files: FileJobs) -> None:
    files.server.write("work/attic/x.csv", "time,temperature\nyesterday,1\ntomorrow,2\n")
    claimed = files.claim("file", file="work/attic/x.csv")

    with pytest.raises(JobFailed, match=r"x\.csv") as raised:
        files.run(run_file, claimed)

    assert not raised.value.retry
    assert files.server.files() == ["erro/attic/x.csv", "erro/attic/x.csv.txt"]
    assert "line 2" in (files.server.root / "erro/attic/x.csv.txt").read_text()


def test_readings_that_the_consumer_rejects_are_listed_with_line_and_reason(
    files: FileJobs, run: Processes
) -> None:
    # given a consumer with a narrower range than that of the job
    run.started[0].stop()
    run.start_consumer(PLAUSIBLE_MAX="4")
    rows = [(START + number * STEP, value) for number, value in enumerate((3.5, 4.5, 3.6, 25.0))]
    files.server.write("work/fridge.csv", csv_of(rows))
    files.server.write("work/hot.csv", csv_of(rows[3:]))
    # when
    files.run(run_file, files.claim("file", file="fridge.csv", formats=["json"]))
    with pytest.raises(JobFailed, match="None of its 1 reading was stored"):
        files.run(run_file, files.claim("file", file="hot.csv", formats=["json"]))
    # then
    [source] = files.report("finalizado/fridge.json")["inputs"]
    assert source["cleaned"] == [{"reason": "not-stored:implausible", "count": 2, "lines": [3, 5]}]
    assert source["readings"] == 2
    text = (files.server.root / "erro/hot.csv.txt").read_text()
    assert "line 2: not stored: " in text
    assert "implausible: temperature is 25 °C, outside the plausible range" in text


def test_a_report_has_the_serial_number_of_the_logger_of_a_sensor_without_one(files: FileJobs) -> None:
    rows = "".join(f"{n},2026-02-26 11:0{n}:00,11.5{',010012345' * (n == 1)}\n" for n in (1, 2, 3))
    files.server.write("work/cellar/a.txt", f"Cellar,Time,Celsius(°C),Serial Number\n{rows}")

    files.run(run_file, files.claim("file", file="work/cellar/a.txt", formats=["json"]))

    document = files.report("finalizado/cellar/a.json")
    [sensor], [source] = document["sensors"], document["inputs"]
    assert (source["program"], source["time_zone"]) == ("EasyLog", "UTC")
    assert (sensor["sensor_id"], sensor["serial"], sensor["readings"]) == ("cellar", "010012345", 3)


def test_a_file_that_is_not_clear_is_read_as_the_answer_says(files: FileJobs) -> None:
    files.server.write("work/hall/a.csv", "time;temperature\n02/03/2026 10:00;4,5\n02/03/2026 10:05;4,6\n")
    claimed = files.claim("file", file="work/hall/a.csv", formats=["json"])

    with pytest.raises(JobNeedsAnswer) as needed:
        run_file(files.job(claimed))
    with closing(WorkerStore(files.settings)) as store:
        assert store.ask(claimed.job_id, claimed.attempt, needed.value.question)
    assert files.server.files() == ["work/hall/a.csv"]

    [day_first, _] = needed.value.question["options"]
    files.database.query(
        "SELECT state FROM answer_workflow('ann', %s, %s)", claimed.workflow_id, Jsonb(day_first["options"])
    )
    files.run(run_file, files.claim_next("file"))

    assert stored(files) == [(datetime(2026, 3, 2, 10, 5 * n, tzinfo=UTC), 4.5 + n / 10) for n in (0, 1)]
    assert files.server.files() == ["finalizado/hall/a.csv", "finalizado/hall/a.json"]


def test_the_look_requests_each_version_of_a_file_once(files: FileJobs) -> None:
    rows = readings(3)
    files.server.write("work/7/x.csv", csv_of(rows, sensor="7"))
    files.server.write("work/y.csv", csv_of(rows, sensor="8"))
    files.server.write("work/z.csv.part", "not complete")

    first = files.run(run_files, files.claim("files", formats=["json"]))
    second = files.run(run_files, files.claim("files", formats=["json"]))
    assert (first.counts["requested"], second.counts["requested"]) == (2, 0)

    for _ in range(2):
        files.run(run_file, files.claim_next("file"))
    assert files.server.files() == [
        "finalizado/7/x.csv", "finalizado/7/x.json", "finalizado/y.csv", "finalizado/y.json",
        "work/z.csv.part",
    ]  # fmt: skip

    # What is moved back is processed again, and has the same report.
    (files.server.root / "finalizado/y.csv").rename(files.server.root / "work/y.csv")
    assert files.run(run_files, files.claim("files", formats=["json"])).counts["requested"] == 1
    files.run(run_file, files.claim_next("file"))
    assert "finalizado/y.csv" in files.server.files()
    assert len(files.server.files("finalizado")) == 4


def test_a_dropped_file_is_requested_once_by_two_reporters(files: FileJobs, run: Processes) -> None:
    assert files.settings.database_url
    variables = {
        "RABBITMQ_URL": files.settings.amqp_url,
        "DATABASE_URL": files.settings.database_url.get_secret_value(),
        "WEBDAV_URL": files.server.url,
        "WEBDAV_USER": USER,
        "WEBDAV_PASSWORD": PASSWORD,
        "REPORTER_LOOK_SECONDS": "0.3",
    }
    dropped = files.server.write("work/fridge.csv", csv_of(readings(3)))
    os.utime(dropped, (1_700_000_000, 1_700_000_000))  # its upload is over
    reporters = [run.start("reporter", **variables) for _ in range(2)]

    reports = {"finalizado/fridge.json", "finalizado/fridge.pdf"}
    eventually(lambda: reports < set(files.server.files()), DEADLINE_SECONDS, "the report is there")
    eventually(lambda: not files.server.files("work"), DEADLINE_SECONDS, "the file is moved")
    assert [reporter.stop() for reporter in reporters] == [0, 0]
    [workflow] = files.database.query("SELECT kind, requested_by FROM workflow")
    assert (workflow["kind"], workflow["requested_by"]) == ("file", "files")


def test_a_dropped_file_that_somebody_requests_is_read_as_they_say(files: FileJobs) -> None:
    def request() -> UUID | None:
        names = ["work/a.csv", "a.csv"]
        with closing(DroppedFiles(files.settings, "test")) as dropped:
            return dropped.request("work/a.csv", "1", names, {"file": "work/a.csv", "version": "1"}, 5)

    requested = files.claim("file", file="a.csv")
    assert request() is None, "it has a workflow by one of its names"
    files.end(requested)
    looking = files.claim("files")
    assert request() is None, "a workflow requests the files of the folder"
    files.end(looking)
    files.database.query(
        "INSERT INTO schedule (name, kind, cron, created_by) VALUES ('drop', 'files', '* * * * *', 'ann')"
    )
    assert request() is None, "a schedule requests the files of the folder"
    files.database.query("UPDATE schedule SET enabled = false")
    assert request() is not None
    assert request() is None, "this version has a workflow"


def test_a_file_of_a_logger_whose_clock_is_fast_has_a_report_until_its_last_reading(files: FileJobs) -> None:
    first = datetime.now(UTC).replace(second=0, microsecond=0)
    rows = [(first + timedelta(minutes=number), 4.0) for number in range(3)]
    files.server.write("work/fridge.csv", csv_of(rows))

    files.run(run_file, files.claim("file", file="fridge.csv", formats=["json"]))

    report = files.report("finalizado/fridge.json")
    assert report["sensors"][0]["readings"] == 3
    end = datetime.fromisoformat(report["request"]["end"])
    assert end == rows[-1][0] + timedelta(seconds=1)

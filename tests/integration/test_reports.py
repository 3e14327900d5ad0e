"""Reports of stored readings: made by `sensorctl report` and by jobs, with figures that can be checked."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
from pydantic import SecretStr

from db.queries.statements import Statements
from db.reports.report_store import Reports
from db.roles import AccessLevel
from db.workflows.requests import RequestOptions
from db.workflows.worker_store import ClaimedJob
from jobs.kinds import plan_jobs
from jobs.report_presets import PresetDefinition
from jobs.reports import REPORT
from reporter.kinds.report import run_report
from reporter.settings import ReporterSettings
from reports.model import SensorReport
from reports.render.json_report import read_json
from reports.verification import verify_report
from runtime.errors import InvalidInput
from runtime.settings import load
from sensorctl.__main__ import main
from tests.database import Database, Roles
from tests.integration.stored_reports import CALIBRATED, END, START, readings, save, store_history
from tests.integration.workflow_rows import Workflows
from tests.unit.fake_job import FakeJob
from tests.unit.reports.numpy_oracle import Oracle, assert_agrees, calibrated
from tests.webdav_server import PASSWORD, USER, Fault, webdav_server
from worker.context import JobFailed, JobInterrupted

SPEC: dict[str, Any] = {
    "sensors": ["fridge"], "from": START.isoformat(), "to": END.isoformat(), "preset": "2-8",
    "formats": ["json"], "time_zone": "Europe/Berlin",
}  # fmt: skip


class Jobs:
    """Requests reports, and runs their jobs in this process as the worker's role."""

    def __init__(self, database: Database, roles: Roles) -> None:
        self.workflows = Workflows(database, roles)
        reader = database.settings_as(roles[AccessLevel.READER])
        self.settings = load(ReporterSettings, database_url=database.url_as(roles[AccessLevel.WORKER]))
        self._statements = Statements(reader, "test")
        self.reports = Reports(self._statements, reader)
        self.manager = Reports(self.workflows.statements, database.settings)

    def request(self, **fields: Any) -> UUID:
        """Request a report."""
        [job] = plan_jobs(REPORT, SPEC | fields)
        requests = self.workflows.requests
        return requests.request("key:ann", REPORT, job.spec, [job], RequestOptions()).workflow_id

    def claim(self) -> FakeJob:
        """Claim the job that was requested."""
        job: ClaimedJob = self.workflows.claim(kinds=[REPORT])
        return FakeJob(
            job.spec, REPORT, job.job_id, job.workflow_id, job.attempt, job.checkpoint,
            settings=self.settings,
        )  # fmt: skip

    def make(self, **fields: Any) -> dict[str, bytes]:
        """Request a report, and return its files by their format."""
        workflow = self.request(**fields)
        run_report(self.claim())
        rows = self.reports.read_all(10, workflow_id=workflow)
        return {row["format"]: self.reports.content(row["report_id"]) or b"" for row in rows}

    def close(self) -> None:
        self.workflows.close()
        self._statements.close()


@pytest.fixture
def jobs(database: Database, roles: Roles) -> Iterator[Jobs]:
    with closing(Jobs(database, roles)) as jobs:
        yield jobs


def agrees_with_a_plain_computation(report: SensorReport, sent: Any) -> None:
    times = np.array([at.timestamp() for _, _, at, *_ in sent])
    raw = np.array([value for *_, value in (each[:4] for each in sent)])
    temperatures = calibrated(times, raw, [(CALIBRATED.timestamp(), 1.02, -0.3)])
    assert_agrees(report, Oracle(times, temperatures, START.timestamp(), END.timestamp()))


def test_a_job_makes_files_whose_figures_are_those_of_the_readings(database: Database, jobs: Jobs) -> None:
    sent = store_history(database)

    files = jobs.make(formats=["json", "csv", "xlsx", "pdf"], title="Fridge of the lab")

    report = read_json(files["json"])
    assert verify_report(files["json"]) == []
    agrees_with_a_plain_computation(report.sensors[0], sent)
    assert (report.request.requested_by, report.request.title) == ("key:ann", "Fridge of the lab")
    assert report.sensors[0].gaps
    assert report.sensors[0].excursions
    assert files["csv"].count(b"\n") == report.sensors[0].readings + 1
    assert (files["xlsx"][:2], files["pdf"][:5]) == (b"PK", b"%PDF-")
    row = next(row for row in jobs.reports.read_all(10, formats=["json"], sensors=["fridge"]))
    assert row["name"] == "report-fridge-2024-03-01-to-2024-11-01.json"
    assert row["document_sha256"] == report.document_sha256
    assert row["summary"]["sensors"][0]["readings"] == report.sensors[0].readings
    assert (row["period_start"], row["period_end"], row["made_at"]) == (START, END, report.made_at)


def test_the_same_request_gives_the_same_bytes_except_for_its_time(database: Database, jobs: Jobs) -> None:
    store_history(database)
    first, second = (jobs.make(formats=["json", "xlsx", "csv"]) for _ in range(2))

    def without_time(content: bytes) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(content)
        return document | {"made_at": None}

    assert first["json"] != second["json"]
    assert without_time(first["json"]) == without_time(second["json"])
    assert first["csv"] == second["csv"]


def test_another_attempt_replaces_the_files_and_keeps_the_time_of_making(
    database: Database, jobs: Jobs
) -> None:
    store_history(database)
    workflow = jobs.request(formats=["json", "csv"])
    first = jobs.claim()
    run_report(first)
    rows = jobs.reports.read_all(10, workflow_id=workflow)

    jobs.workflows.store.save(first.job_id, 1, first.checkpoint, done=0)
    jobs.workflows.expire(first.job_id)
    second = jobs.claim()
    run_report(second)

    assert (second.attempt, jobs.reports.read_all(10, workflow_id=workflow)) == (2, rows)
    # and the first one, whose lease is lost, stores nothing more
    with pytest.raises(JobInterrupted):
        run_report(first)


def test_the_last_month_is_that_before_the_request_in_the_zone(database: Database, jobs: Jobs) -> None:
    save(database, readings("fridge"))
    workflow = jobs.request(**{"from": None, "to": None}, period="last-month")
    at = datetime.fromisoformat("2024-10-31T23:30:00+00:00")  # November in Berlin
    database.query("UPDATE workflow SET requested_at = %s WHERE workflow_id = %s", at, workflow)

    run_report(jobs.claim())

    [row] = jobs.reports.read_all(10)
    assert row["name"] == "report-fridge-2024-10-01-to-2024-10-31.json"
    assert (row["period_end"] - row["period_start"]).total_seconds() == 31 * 86_400 + 3600


def test_what_is_kept_is_put_into_the_webdav_folder_once(
    database: Database, jobs: Jobs, tmp_path: Path
) -> None:
    save(database, readings("fridge"))
    with webdav_server(tmp_path) as server:
        jobs.settings = load(
            ReporterSettings,
            database_url=jobs.settings.database_url,
            webdav_url=server.url,
            webdav_user=USER,
            webdav_password=SecretStr(PASSWORD),
        )
        jobs.request(keep=True, formats=["json", "csv"])
        first = jobs.claim()
        server.faults.append(Fault(method="MOVE", is_lost=True))
        run_report(first)
        jobs.workflows.store.save(first.job_id, 1, first.checkpoint, done=0)
        jobs.workflows.expire(first.job_id)
        run_report(jobs.claim())

    part = str(first.job_id)[:8]
    names = [f"report-fridge-2024-03-01-to-2024-11-01-{part}.{ending}" for ending in ("csv", "json")]
    assert server.files("finalizado") == names
    stored = {row["format"]: row["sha256"] for row in jobs.reports.read_all(10)}
    for name in names:
        content = (tmp_path / "finalizado" / name).read_bytes()
        assert sha256(content).hexdigest() == stored[name.rpartition(".")[2]]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"sensors": ["absent"]}, "there is no sensor absent"),
        ({"preset": "3-9"}, "there is no preset 3-9; the presets are 2-8, controlled-room, freezer"),
        ({"keep": True}, "set WEBDAV_URL, or request it without keep"),
    ],
)
def test_a_request_that_cannot_be_met_fails_at_once(
    database: Database, jobs: Jobs, fields: dict[str, Any], message: str
) -> None:
    save(database, readings("fridge", END, END))
    jobs.request(**fields)

    with pytest.raises(JobFailed, match=message) as failed:
        run_report(jobs.claim())
    assert not failed.value.retry


def test_reports_are_listed_deleted_and_dropped_after_their_retention(database: Database, jobs: Jobs) -> None:
    save(database, readings("fridge", END, END))
    for _ in range(3):
        jobs.make()
    newest, middle, oldest = jobs.reports.read_all(10)
    assert jobs.reports.read_all(10, before=newest["report_id"]) == [middle, oldest]
    # when
    jobs.manager.delete("key:ann", middle["report_id"])
    database.query("INSERT INTO report_retention VALUES (30)")
    database.query(
        "UPDATE report_file SET made_at = made_at - interval '32 days' WHERE report_id = %s",
        oldest["report_id"],
    )
    # then
    assert database.query("SELECT drop_expired_reports() AS dropped") == [{"dropped": 1}]
    assert jobs.reports.read_all(10) == [newest]
    audited = database.query("SELECT actor, action, object_id FROM audit WHERE object_kind = 'report'")
    assert [tuple(row.values()) for row in audited] == [("key:ann", "delete", str(middle["report_id"]))]
    # and a list that continues after a deleted one is refused, instead of being empty
    assert jobs.reports.read_all(10, before=newest["report_id"]) == []
    with pytest.raises(InvalidInput, match=r"there is no report .* any more: list them from the start"):
        jobs.reports.read_all(10, before=middle["report_id"])


def test_a_new_database_has_three_presets_whose_definitions_are_valid(jobs: Jobs) -> None:
    rows = {row["name"]: row for row in jobs.reports.presets()}

    assert list(rows) == ["2-8", "controlled-room", "freezer"]
    for row in rows.values():
        PresetDefinition(**{name: row[name] for name in PresetDefinition.model_fields})
    assert [name for name, row in rows.items() if row["is_frozen"]] == ["freezer"]


class TestCommand:
    """`sensorctl report` on the same database."""

    @pytest.fixture
    def run(
        self,
        database: Database,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> Any:
        monkeypatch.setenv("DATABASE_URL", database.url)
        monkeypatch.chdir(tmp_path)

        def run(*arguments: str) -> tuple[int, str, str]:
            monkeypatch.setattr(sys, "argv", ["sensorctl", *arguments])
            with pytest.raises(SystemExit) as exited:
                main()
            return int(exited.value.code or 0), *capsys.readouterr()

        return run

    def test_it_makes_and_verifies_a_report_in_the_zone_of_the_installation(
        self, database: Database, run: Any, tmp_path: Path
    ) -> None:
        sent = store_history(database)
        database.query("SELECT set_time_zone('Europe/Berlin')")
        period = ("--from", START.isoformat(), "--to", END.isoformat())
        # when
        code, _, err = run("report", "a.json", "--sensor", "fridge", *period, "--preset", "2-8")
        # then
        assert (code, err.split(":")[0]) == (0, "Wrote a.json")
        report = read_json((tmp_path / "a.json").read_bytes())
        agrees_with_a_plain_computation(report.sensors[0], sent)
        assert report.request.time_zone == "Europe/Berlin"
        assert run("report", "verify", "a.json")[:2] == (
            0, "Every figure of the report is what its readings give.\n",
        )  # fmt: skip
        # and a changed figure is found
        document = json.loads((tmp_path / "a.json").read_text())
        document["sensors"][0]["mean"] += 0.01
        (tmp_path / "b.json").write_text(json.dumps(document))
        code, out, err = run("report", "verify", "b.json")
        assert code == 1
        assert "sensors[0].mean" in out
        assert "not what its readings give" in err
        # and a file is not replaced
        code, _, err = run("report", "a.json", "--sensor", "fridge", *period)
        assert code == 2
        assert "cannot write a.json: File exists; write to another file" in err

    def test_it_names_the_file_and_takes_the_sensors_of_a_location(
        self, database: Database, run: Any, tmp_path: Path
    ) -> None:
        save(database, [*readings("a"), *readings("b")])
        database.query("UPDATE sensor SET location = 'lab'")
        options = ("--location", "lab", "--from", "2024-05-01", "--to", "2024-06-01", "--format", "csv")

        assert run("report", *options)[0] == 0

        [file] = tmp_path.iterdir()
        assert file.name == "report-a-and-1-more-2024-05-01-to-2024-05-31.csv"

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--sensor", "fridge"], "there is no period: give --from and --to, or --period"),
            (["--from", "2024-05-01"], "names no sensor: give sensors, or a location"),
            (["--sensor", "x", "--from", "2024-05-01"], "there is no sensor x"),
            (["--sensor", "fridge", "--to", "2024-05-01"], "give from and to, or period"),
            (["--sensor", "fridge", "--from", "1h", "--period", "last-day"], "give one of them"),
            (["a.txt"], "the name of a.txt says no format"),
            (["a.csv", "--format", "pdf"], "a.csv is named as csv, but --format is pdf"),
            (
                ["--sensor", "fridge", "--time-zone", "Europe/Berlin", "--from", "2024-10-27T02:30", "--to",
                 "2024-10-28"],
                "--from 2024-10-27T02:30:00 occurs twice in Europe/Berlin: write its offset",
            ),
        ],
    )  # fmt: skip
    def test_what_cannot_be_meant_is_refused(
        self, database: Database, run: Any, options: list[str], message: str
    ) -> None:
        save(database, readings("fridge", END, END))

        code, _, err = run("report", *options)

        assert code == 2
        assert message in " ".join(err.replace("│", " ").split())

    def test_a_schedule_reports_each_month_when_it_is_over(self, database: Database, run: Any) -> None:
        database.query("SELECT set_time_zone('Europe/Lisbon')")
        options = ("--location", "lab", "--preset", "2-8", "--recipient", "ann@example.org", "--keep")

        code, out, _ = run("report", "schedule", "fridges", "--every", "month", "--at", "6:30", *options)

        assert code == 0
        assert out.startswith("Set the schedule fridges: next ")
        [row] = database.query("SELECT kind, cron, time_zone, spec FROM schedule")
        assert (row["kind"], row["cron"], row["time_zone"]) == ("report", "30 6 1 * *", "Europe/Lisbon")
        assert row["spec"] == {
            "location": "lab", "period": "last-month", "preset": "2-8", "formats": ["pdf"], "keep": True,
            "recipients": ["ann@example.org"], "sensors": [], "limits": [],
        }  # fmt: skip
        # and its preset can neither be missing nor be removed
        refused = run("report", "schedule", "x", "--every", "day", "--location", "lab", "--preset", "3-9")
        assert (refused[0], "there is no preset 3-9" in refused[2]) == (2, True)
        code, _, err = run("report", "preset", "remove", "2-8")
        assert (code, "is used by the schedule fridges" in err) == (2, True)

    def test_presets_are_set_and_removed(self, run: Any) -> None:
        preset = ("report", "preset", "set", "wine", "--title", "Wine", "--source", "us")
        code, out, err = run(*preset, "--high", "18")
        assert (code, err) == (0, "")
        assert "at most 18" in out
        assert run("report", "preset", "remove", "wine")[:2] == (0, "Removed the preset wine.\n")
        code, _, err = run(*preset)
        assert code == 2
        assert "has no limit: give low, high or both" in err
        assert "controlled-room" in run("report", "preset", "list")[1]

    def test_what_a_job_made_is_listed_saved_and_deleted(
        self, database: Database, run: Any, jobs: Jobs, tmp_path: Path
    ) -> None:
        save(database, readings("fridge", END, END))
        assert run("report", "list")[1].startswith("No reports.")
        content = jobs.make()["json"]
        [row] = json.loads(run("report", "list", "--json")[1])

        assert run("report", "save", row["report_id"])[0] == 0
        assert (tmp_path / row["name"]).read_bytes() == content
        assert run("report", "delete", row["report_id"])[0] == 0
        code, _, err = run("report", "save", row["report_id"], "again.json")
        assert (code, err.split(":")[0]) == (1, f"There is no report {row['report_id']}")
        assert run("report", "delete", str(uuid4()))[0] == 1

"""`sensorctl doctor`: what each check reports, and its hint."""

from datetime import UTC, datetime

import pytest

from db.errors import StoreTimeout, StoreUnavailable
from db.queries.backup import BackupState
from db.queries.server import LockHolder
from db.queries.time_shifts import ReadingsAhead, TimeShift
from messaging.errors import BrokerUnavailable
from messaging.management.client import ManagementRefused, ManagementUnavailable
from monitoring.model import Health, Service
from monitoring.services import Sample, ServiceReport
from runtime.health import Dependency
from sensorctl import broker_checks, doctor
from sensorctl.checks import CheckResult
from sensorctl.settings import OperatorSettings
from tests.unit.sensorctl.doctor_environment import SETTINGS, Environment
from tests.unit.sensorctl.workflows.rows import worker


def test_a_healthy_stack_passes_every_check(environment: Environment) -> None:
    results = environment.results()

    assert list(results) == [
        "variables", "broker", "nodes", "queue members", "feature flags", "queue", "delivery limit", "limits",
        "routing", "database", "backup", "schema", "clock", "consumers", "sensor times", "analysis",
        "workflows",
    ]  # fmt: skip
    assert {result.hint for result in results.values()} == {None}
    assert (
        results["queue"].status
        == "heat: quorum, durable, arguments none, 5 messages ready, 2 consumers, 4 dead letters"
    )
    assert results["database"].status == "responds, PostgreSQL 17.6"
    assert results["variables"].status == ("broker at 127.0.0.1:5672, database at 127.0.0.1:5432, queue heat")


def test_a_database_that_accepts_no_writes_fails_the_check(environment: Environment) -> None:
    environment.read_only_reason = "it is a standby"

    result = environment.results()["database"]

    assert result.status == (
        "database-down: responds, PostgreSQL 17.6, but accepts no writes: it is a standby"
    )
    assert "POSTGRES_HOST" in (result.hint or "")


def consumer(database_problem: str | None) -> ServiceReport:
    return ServiceReport(
        service=Service(name="pipeline-1", health=Health.READY),
        dependencies={"database": Dependency(database_problem, datetime(2026, 11, 22, tzinfo=UTC))},
        samples=[Sample("pipeline_stored_total", {}, 1)],
    )


def test_consumers_that_cannot_use_the_database_fail_the_check(environment: Environment) -> None:
    environment.reports = [consumer("lock timeout"), consumer("lock timeout")]

    result = environment.results()["consumers"]

    assert result.status == (
        "database-down: No consumer can use the database, though it responds here: lock timeout."
    )
    assert "check its log" in (result.hint or "")


def test_who_holds_the_lock_that_consumers_wait_for_is_named(environment: Environment) -> None:
    environment.reports = [consumer("lock timeout")]
    environment.has_locks_of_others = True
    holders = [LockHolder("psql", "sensors", 47), LockHolder("", "admin", 48)]
    environment.lock_holders = [[], [], holders]  # the consumer does not always wait

    hint = environment.results()["consumers"].hint or ""

    assert "psql (role sensors, PID 47), a client (role admin, PID 48)" in hint
    assert "`SELECT pg_terminate_backend(47); SELECT pg_terminate_backend(48);`" in hint


def test_the_search_for_the_lock_ends_if_no_session_holds_one(environment: Environment) -> None:
    environment.reports = [consumer("password authentication failed")]
    environment.lock_holders = [[], [LockHolder("psql", "sensors", 47)]]

    assert "check its log" in (environment.results()["consumers"].hint or "")


def test_one_consumer_that_can_use_the_database_passes_the_check(environment: Environment) -> None:
    environment.reports = [consumer("lock timeout"), consumer(None)]

    result = environment.results()["consumers"]

    assert result == CheckResult("consumers", "the consumers that respond can use the database")


def test_urls_are_named_and_not_shown_because_they_contain_passwords() -> None:
    settings = OperatorSettings(rabbitmq_url="amqp://u:s3cret@h/", database_url="postgresql://u:s3cret@h/d")

    variables = next(doctor.run_checks(settings))

    assert variables.status == "broker at RABBITMQ_URL, database at DATABASE_URL, queue sensor_data"


def test_sensors_whose_times_are_hours_behind_fail_the_check(environment: Environment) -> None:
    environment.time_shifts = [TimeShift("attic", 5.0), *(TimeShift(str(i), 3.5) for i in range(7))]

    result = environment.results()["sensor times"]

    assert result.status.startswith("times are constantly behind their arrival: attic by 5 h, 0 by 3.5 h, ")
    assert result.status.endswith("3 by 3.5 h and 3 others")
    assert "set NAIVE_TIME_ZONE of the consumers to their zone" in (result.hint or "")


def test_readings_ahead_of_the_clock_fail_the_check(environment: Environment) -> None:
    environment.readings_ahead = ReadingsAhead(1, 1200, datetime(2027, 1, 1, 12, 30, tzinfo=UTC))

    result = environment.results()["sensor times"]

    assert result.status == "ahead of the clock: 1,200 readings of 1 sensor, up to 2027-01-01 12:30:00 UTC"
    assert "the clock of the consumers' machine was ahead" in (result.hint or "")


@pytest.mark.parametrize(
    ("backup", "status", "is_healthy"),
    [
        (None, "the database has no continuous backup", True),
        (BackupState(is_received=True), "receives the write-ahead log", True),
        (BackupState(is_received=False), "backup-stopped: it does not receive the write-ahead log", False),
    ],
)
def test_a_backup_that_receives_nothing_fails_the_check_and_none_does_not(
    environment: Environment, backup: BackupState | None, status: str, is_healthy: bool
) -> None:
    environment.backup = backup

    result = environment.results()["backup"]

    assert (result.status, result.hint is None) == (status, is_healthy)


@pytest.mark.parametrize(
    ("services", "hint"),
    [
        ("", None),
        ("pipeline:9", None),
        ("analysis.invalid", "start the service `analysis` (`make up`); if it runs, its log says"),
    ],
)
def test_an_analysis_that_does_not_run_fails_the_check_if_it_is_configured(
    environment: Environment, services: str, hint: str | None
) -> None:
    environment.is_analysed = False

    results = doctor.run_checks(SETTINGS.model_copy(update={"services": services}))

    [analysis] = [result for result in results if result.name == "analysis"]
    assert analysis.status == "no process analyses the stored readings, so no anomalies are found"
    assert (analysis.hint or "").startswith(hint or "")
    assert (analysis.hint is None) == (hint is None)


@pytest.mark.parametrize(("version", "shown"), [(None, "none"), ("0000", "0000")])
def test_an_outdated_schema_fails_the_check(
    environment: Environment, version: str | None, shown: str
) -> None:
    environment.version = version

    result = environment.results()["schema"]

    assert result.status.startswith(f"version {shown}, newest ")
    assert result.hint == "run `sensorctl setup`"


@pytest.mark.parametrize("seconds", [5.0, -5.0])
def test_a_clock_that_differs_fails_the_check(environment: Environment, seconds: float) -> None:
    environment.clock_offset = seconds

    result = environment.results()["clock"]

    assert result.status.startswith(f"the database's clock differs by {seconds:+.1f}")
    assert "NTP" in str(result.hint)


@pytest.mark.parametrize(
    ("server", "error", "problem", "hint"),
    [
        (
            "management",
            ManagementUnavailable("Connection refused"),
            "management-api-down",
            "is RABBITMQ_MANAGEMENT_URL correct",
        ),
        (
            "management",
            ManagementRefused("401 Unauthorized"),
            "management-api-down",
            "are user and password correct",
        ),
        (
            "management",
            BrokerUnavailable("Connection refused"),
            "broker-down",
            "is the broker running, and are host, user and password correct",
        ),
        ("database", StoreUnavailable("Connection refused"), "database-down", "is PostgreSQL running"),
        ("database", StoreTimeout("statement timeout"), "database-slow", "pg_stat_activity"),
    ],
)
def test_a_check_that_cannot_be_made_reports_the_error_and_the_others_are_made(
    environment: Environment, server: str, error: Exception, problem: str, hint: str
) -> None:
    environment.errors[server] = error
    failed = {
        "management": [*dict(broker_checks.BROKER_CHECKS), "queue", "delivery limit", "limits", "routing"],
        "database": [
            "database",
            "backup",
            "schema",
            "clock",
            "consumers",
            "sensor times",
            "analysis",
            "workflows",
        ],
    }[server]

    results = environment.results()

    assert len(results) == 17
    for name in failed:
        assert results[name].status == f"{problem}: {error}"
        assert hint in (results[name].hint or "")
    assert [name for name, result in results.items() if result.hint] == failed


def test_workflows_need_a_worker_only_while_one_has_not_ended(environment: Environment) -> None:
    assert environment.results()["workflows"].hint is None
    environment.workflows = [{"state": "ready"}]

    result = environment.results()["workflows"]

    assert result.status == "no-worker: no worker was seen, and workflows wait for one"
    assert result.hint is not None
    assert "COMPOSE_PROFILES=workflows" in result.hint
    environment.workers = [worker()]
    assert environment.results()["workflows"] == ("workflows", "1 worker seen, for dummy, rest", None)
    environment.workers = [worker(60)]
    assert environment.results()["workflows"].hint == result.hint

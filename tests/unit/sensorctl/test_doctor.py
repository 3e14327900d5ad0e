"""`sensorctl doctor`: what each check reports, and its hint."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from db.errors import StoreTimeout, StoreUnavailable
from db.migrate import newest_version
from db.queries.backup import BackupState
from db.queries.server import LockHolder
from db.queries.time_shifts import TimeShift
from messaging.errors import BrokerUnavailable
from messaging.management.client import ManagementRefused, ManagementUnavailable, StatisticsMissing
from messaging.management.cluster import BrokerNode, MemberState, QueueMembers
from messaging.topology import Topology
from monitoring.model import Health, Service
from monitoring.services import Sample, ServiceReport
from runtime.health import Dependency
from sensorctl import broker_checks, consumer_checks, database_checks, doctor
from sensorctl.checks import CheckResult
from sensorctl.settings import OperatorSettings
from sensorctl.workflows import workers
from tests.unit.fake_broker import FakeBroker
from tests.unit.sensorctl.workflows.rows import worker

SETTINGS = OperatorSettings(queue_name="heat", rabbitmq_pass="s3cret", postgres_password="s3cret")
QUEUE: dict[str, Any] = {
    "name": "heat",
    "type": "quorum",
    "durable": True,
    "arguments": {"x-queue-type": "quorum"},
    # What the management API reports is up to ten seconds old, and must not be shown.
    "messages": 0,
    "consumers": 0,
}
POLICY = {"definition": {"delivery-limit": 1000}}


class Environment:
    """Everything that the doctor checks; a test breaks a part of it."""

    def __init__(self, broker: FakeBroker) -> None:
        self.broker = broker
        self.queues: dict[str, Any] = {
            "heat": dict(QUEUE),
            "heat.dead": dict(QUEUE, name="heat.dead"),
        }
        self.policy: dict[str, Any] | None = POLICY
        self.nodes = (BrokerNode("rabbit@a", is_running=True),)
        self.members = [QueueMembers("heat", ("rabbit@a",), ("rabbit@a",), "rabbit@a")]
        self.member_states = (MemberState("rabbit@a", "leader", 8),)
        self.disabled_flags: list[str] = []
        self.versions_in_use = {"heat": 8}
        self.alternates = {"sensors", "amq.topic"}
        self.unreadable: set[str] = set()
        self.version: str | None = newest_version()
        self.clock_offset = 0.0
        self.time_shifts: list[TimeShift] = []
        self.backup: BackupState | None = None
        self.read_only_reason: str | None = None
        self.is_analysed = True
        self.reports: list[ServiceReport] = []
        self.lock_holders: list[list[LockHolder]] = [[]]  # of each query, and then the last
        self.has_locks_of_others = False
        self.workers: list[dict[str, Any]] = []
        self.workflows: list[dict[str, Any]] = []
        self.errors: dict[str, Exception] = {}

    def respond(self, server: str, response: Any) -> Any:
        if server in self.errors:
            raise self.errors[server]
        return response

    def results(self) -> dict[str, CheckResult]:
        return {result.name: result for result in doctor.run_checks(SETTINGS)}


@pytest.fixture
def environment(  # noqa: C901 (one fake method for each check)
    monkeypatch: pytest.MonkeyPatch, operators_broker: FakeBroker
) -> Environment:
    environment = Environment(operators_broker)
    Topology("heat").declare(environment.broker.connect("", "").channel())
    for _consumer in range(2):
        environment.broker.connect("", "").channel().basic_consume("heat", lambda *_: None)
    environment.broker.put("heat", *[b"{}"] * 5)
    environment.broker.put("heat.dead", *[b"{"] * 4)

    class FakeManagement:
        virtual_host = "/"

        def __init__(self, _settings: OperatorSettings) -> None: ...

        def version(self) -> Any:
            return environment.respond("management", "4.3.6")

        def nodes(self) -> Any:
            return environment.respond("management", environment.nodes)

        def quorum_members(self) -> Any:
            return environment.respond("management", environment.members)

        def member_states(self, _queue: str) -> Any:
            return environment.respond("management", environment.member_states)

        def disabled_flags(self) -> Any:
            return environment.respond("management", environment.disabled_flags)

        def queue(self, name: str) -> Any:
            return environment.respond("management", environment.queues.get(name))

        def policy(self, _topology: Topology) -> Any:
            return environment.respond("policy", environment.respond("management", environment.policy))

        def has_alternate_exchange(self, name: str) -> Any:
            unknown = None if name in environment.unreadable else False
            return environment.respond("management", name in environment.alternates or unknown)

    class FakeSummary:
        def __init__(self, _settings: OperatorSettings) -> None: ...

        def time_shifts(self) -> Any:
            return environment.respond("database", environment.time_shifts)

        def close(self) -> None: ...

    class FakeServer:
        def __init__(self, _settings: OperatorSettings) -> None: ...

        def version(self) -> Any:
            return environment.respond("database", "17.6")

        def read_only_reason(self) -> Any:
            return environment.respond("database", environment.read_only_reason)

        def time(self) -> Any:
            return environment.respond("database", time.time() + environment.clock_offset)

        def backup(self) -> Any:
            return environment.respond("database", environment.backup)

        def is_analysed(self) -> Any:
            return environment.respond("database", environment.is_analysed)

        def lock_holders(self) -> list[LockHolder]:
            if len(environment.lock_holders) > 1:
                return environment.lock_holders.pop(0)
            return environment.lock_holders[0]

        def has_locks_of_others(self) -> bool:
            return environment.has_locks_of_others

        def close(self) -> None: ...

    class FakeCollector:
        def __init__(self, _settings: OperatorSettings) -> None: ...

        def probe_services(self) -> list[ServiceReport]:
            return environment.reports

        def close(self) -> None: ...

    class FakeWorkflows:
        def __init__(self, _statements: object) -> None: ...

        def workers(self) -> Any:
            return environment.respond("database", environment.workers)

        def read_all(self, _most: int, **_: object) -> Any:
            return environment.workflows

    monkeypatch.setattr(workers, "WorkflowQueries", FakeWorkflows)
    monkeypatch.setattr(doctor, "Management", FakeManagement)
    monkeypatch.setattr(broker_checks, "Management", FakeManagement)
    monkeypatch.setattr(broker_checks, "versions_in_use", lambda *_: environment.versions_in_use)
    monkeypatch.setattr(doctor, "Summary", FakeSummary)
    monkeypatch.setattr(doctor, "Server", FakeServer)
    monkeypatch.setattr(consumer_checks, "Server", FakeServer)
    monkeypatch.setattr(consumer_checks, "Collector", FakeCollector)
    monkeypatch.setattr(consumer_checks, "POLL_INTERVAL_SECONDS", 0)
    monkeypatch.setattr(database_checks, "Server", FakeServer)
    monkeypatch.setattr(
        database_checks, "current_version", lambda _: environment.respond("database", environment.version)
    )
    return environment


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


@pytest.mark.parametrize(
    ("changed", "hint"),
    [
        ({"durable": False}, "does not survive a restart"),
        ({"arguments": {"x-max-length": 10}}, "simple clients cannot declare a queue with arguments"),
    ],
)
def test_a_queue_with_wrong_attributes_fails_the_check(
    environment: Environment, changed: dict[str, Any], hint: str
) -> None:
    environment.queues["heat"] |= changed

    result = environment.results()["queue"]

    assert result.hint is not None
    assert hint in result.hint


def test_a_new_queue_without_statistics_is_not_a_management_api_that_is_down(
    environment: Environment,
) -> None:
    environment.errors["policy"] = StatisticsMissing("the broker has no statistics of the queue yet")

    result = environment.results()["delivery limit"]

    assert result.status == "not known yet: the queue is new, and the broker has no statistics of it"
    assert result.hint == "check again in ten seconds; if it has no policy then, run `sensorctl setup`"


def test_a_queue_without_consumers_fails_the_check(environment: Environment) -> None:
    environment.queues["heat"]["consumers"] = 3
    environment.broker.disconnect()

    result = environment.results()["queue"]

    assert result.status.startswith("no-consumers: heat: quorum")
    assert "0 consumers" in result.status
    assert "`make up`" in (result.hint or "")


@pytest.mark.parametrize("missing", ["heat", "heat.dead"])
def test_a_missing_queue_fails_the_check(environment: Environment, missing: str) -> None:
    del environment.queues[missing]

    result = environment.results()["queue"]

    assert (result.status, result.hint) == (
        f"{missing} does not exist",
        "run `sensorctl setup`, or start a consumer",
    )


def test_a_missing_delivery_limit_policy_fails_the_check(environment: Environment) -> None:
    environment.policy = None

    assert environment.results()["delivery limit"].hint == "run `sensorctl setup`"


@pytest.mark.parametrize("exchange", ["sensors", "amq.topic"])
def test_a_missing_alternate_exchange_fails_the_check(environment: Environment, exchange: str) -> None:
    environment.alternates.remove(exchange)

    result = environment.results()["routing"]

    assert result.hint == "run `sensorctl setup`"
    assert f"lost: {exchange} has no alternate exchange" in result.status


def test_another_policy_that_the_operator_may_not_read_is_named_and_no_failure(
    environment: Environment,
) -> None:
    environment.alternates.remove("sensors")
    environment.unreadable.add("sensors")

    result = environment.results()["routing"]

    assert result.hint is None
    assert "another policy applies to sensors" in result.status


def test_the_check_of_the_routing_says_what_a_device_may_do(environment: Environment) -> None:
    assert "disconnects it for another topic and for SUBSCRIBE" in environment.results()["routing"].status


def test_a_limit_that_drops_dead_letters_fails_the_check(environment: Environment) -> None:
    environment.queues["heat.dead"]["effective_policy_definition"] = {"message-ttl": 60000}

    result = environment.results()["limits"]

    assert result.status == "heat.dead: message-ttl=60000 drops messages after so many milliseconds"
    assert "rabbitmqctl list_operator_policies" in str(result.hint)


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


def test_a_broker_that_is_down_fails_the_check(environment: Environment) -> None:
    environment.broker.errors["connect"] = [BrokerUnavailable("Connection refused")]

    result = environment.results()["broker"]

    assert result.status == "broker-down: Connection refused"
    assert "is the broker running" in (result.hint or "")


def test_a_missing_exchange_fails_the_check(environment: Environment) -> None:
    environment.broker.exchanges.clear()

    result = environment.results()["broker"]

    assert result.status == "responds, but the topology is missing: there is no exchange sensors"
    assert result.hint == "run `sensorctl setup`, or start a consumer"


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

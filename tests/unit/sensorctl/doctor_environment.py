"""Everything that `sensorctl doctor` checks, in memory."""

import time
from typing import Any

import pytest

from db.migrate import newest_version
from db.queries.backup import BackupState
from db.queries.server import LockHolder
from db.queries.time_shifts import ReadingsAhead, TimeShift
from messaging.management.cluster import BrokerNode, MemberState, QueueMembers
from messaging.topology import Topology
from monitoring.services import ServiceReport
from sensorctl import broker_checks, consumer_checks, database_checks, doctor
from sensorctl.checks import CheckResult
from sensorctl.settings import OperatorSettings
from sensorctl.workflows import workers
from tests.unit.fake_broker import FakeBroker

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
        self.readings_ahead: ReadingsAhead | None = None
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


def healthy_environment(  # noqa: C901 (one fake method for each check)
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

        def readings_ahead(self) -> Any:
            return environment.respond("database", environment.readings_ahead)

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

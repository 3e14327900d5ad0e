"""What the doctor finds, and what it advises."""

import time
from typing import Any

import pytest

from db.errors import StoreUnavailable
from db.migrate import newest_version
from messaging.errors import BrokerUnavailable
from messaging.management.client import ManagementUnavailable
from messaging.topology import Topology
from sensorctl import doctor
from sensorctl.settings import OperatorSettings
from tests.unit.fake_broker import FakeBroker

SETTINGS = OperatorSettings(queue_name="heat", rabbitmq_pass="s3cret", postgres_password="s3cret")
QUEUE: dict[str, Any] = {
    "name": "heat",
    "type": "quorum",
    "durable": True,
    "arguments": {"x-queue-type": "quorum"},
    "messages": 5,
    "consumers": 2,
}
POLICY = {"definition": {"delivery-limit": 1000}}


class World:
    """Everything that the doctor looks at; a test breaks a part of it."""

    def __init__(self, broker: FakeBroker) -> None:
        self.broker = broker
        self.queues: dict[str, Any] = {
            "heat": dict(QUEUE),
            "heat.dead": dict(QUEUE, name="heat.dead", messages=4),
        }
        self.last_net: dict[str, Any] | None = POLICY
        self.version: str | None = newest_version()
        self.clock_ahead = 0.0
        self.troubles: dict[str, Exception] = {}

    def answer(self, what: str, answer: Any) -> Any:
        if what in self.troubles:
            raise self.troubles[what]
        return answer

    def findings(self) -> dict[str, doctor.CheckResult]:
        return {finding.what: finding for finding in doctor.examine(SETTINGS)}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, operators_broker: FakeBroker) -> World:
    world = World(operators_broker)
    Topology("heat").declare(world.broker.connect("", "").channel())

    class FakeManagement:
        def __init__(self, _settings: OperatorSettings) -> None: ...

        def queue(self, name: str) -> Any:
            return world.answer("management", world.queues.get(name))

        def policy(self, _topology: Topology) -> Any:
            return world.answer("management", world.last_net)

    class FakeSummary:
        def __init__(self, _settings: OperatorSettings) -> None: ...

        def server_version(self) -> Any:
            return world.answer("database", "17.6")

        def server_time(self) -> Any:
            return world.answer("database", time.time() + world.clock_ahead)

        def close(self) -> None: ...

    monkeypatch.setattr(doctor, "Management", FakeManagement)
    monkeypatch.setattr(doctor, "Summary", FakeSummary)
    monkeypatch.setattr(doctor, "current_version", lambda _: world.answer("database", world.version))
    return world


def test_a_healthy_stack_needs_nothing(world: World) -> None:
    findings = world.findings()

    assert list(findings) == ["variables", "broker", "queue", "delivery limit", "database", "schema", "clock"]
    assert {finding.advice for finding in findings.values()} == {None}
    assert findings["queue"].found == "heat: quorum, durable, arguments none, 5 messages, 2 consumers; 4 dead"
    assert findings["database"].found == "answers, PostgreSQL 17.6"
    assert findings["variables"].found == ("broker at 127.0.0.1:5672, database at 127.0.0.1:5432, queue heat")


def test_addresses_with_passwords_are_named_and_not_shown() -> None:
    settings = OperatorSettings(rabbitmq_url="amqp://u:s3cret@h/", database_url="postgresql://u:s3cret@h/d")

    variables = next(doctor.examine(settings))

    assert variables.found == "broker at RABBITMQ_URL, database at DATABASE_URL, queue sensor_data"


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        ({"durable": False}, "does not survive a restart"),
        ({"arguments": {"x-max-length": 10}}, "simple clients cannot declare a queue with arguments"),
        ({"consumers": 0}, "start a pipeline"),
    ],
)
def test_a_queue_that_is_not_as_it_should_be(world: World, changed: dict[str, Any], advice: str) -> None:
    world.queues["heat"] |= changed

    finding = world.findings()["queue"]

    assert finding.advice is not None
    assert advice in finding.advice


@pytest.mark.parametrize("missing", ["heat", "heat.dead"])
def test_a_queue_that_is_not_there(world: World, missing: str) -> None:
    del world.queues[missing]

    finding = world.findings()["queue"]

    assert (finding.found, finding.advice) == (f"{missing} is not there", "run `sensorctl setup`")


def test_a_missing_last_net(world: World) -> None:
    world.last_net = None

    assert world.findings()["delivery limit"].advice == "run `sensorctl setup`"


@pytest.mark.parametrize(("version", "shown"), [(None, "none"), ("0000", "0000")])
def test_a_schema_that_is_not_the_newest(world: World, version: str | None, shown: str) -> None:
    world.version = version

    finding = world.findings()["schema"]

    assert finding.found.startswith(f"version {shown}, newest ")
    assert finding.advice == "run `sensorctl setup`"


@pytest.mark.parametrize("seconds", [5.0, -5.0])
def test_clocks_that_differ(world: World, seconds: float) -> None:
    world.clock_ahead = seconds

    finding = world.findings()["clock"]

    assert finding.found.startswith(f"the database's is {seconds:+.1f}")
    assert "time server" in str(finding.advice)


@pytest.mark.parametrize(
    ("what", "error", "problem", "findings"),
    [
        (
            "management",
            ManagementUnavailable("401 Unauthorized"),
            "management-api-down",
            ["queue", "delivery limit"],
        ),
        (
            "database",
            StoreUnavailable("Connection refused"),
            "database-down",
            ["database", "schema", "clock"],
        ),
    ],
)
def test_what_cannot_be_checked_says_why_and_the_rest_is_checked(
    world: World, what: str, error: Exception, problem: str, findings: list[str]
) -> None:
    world.troubles[what] = error

    found = world.findings()

    assert len(found) == 7
    for name in findings:
        assert found[name] == (name, f"{problem}: {error}", doctor.ADVICE[name])
    assert [name for name, finding in found.items() if finding.advice] == findings


def test_a_broker_that_does_not_answer(world: World) -> None:
    world.broker.troubles["connect"] = [BrokerUnavailable("Connection refused")]

    found = "broker-down: Connection refused"
    assert world.findings()["broker"] == ("broker", found, doctor.ADVICE["broker"])


def test_a_broker_without_the_exchange(world: World) -> None:
    world.broker.exchanges.clear()

    finding = world.findings()["broker"]

    assert finding.found == "broker-down: 404 NOT_FOUND - no exchange 'sensors'"
    assert finding.advice

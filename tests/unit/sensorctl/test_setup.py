"""`sensorctl setup`: the schema, the topology, and the last net."""

from typing import Any

import pytest

from db.errors import StoreUnavailable
from messaging.management.client import ManagementUnavailable
from messaging.topology import Topology
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import Call

AWAY = StoreUnavailable("Connection refused")


class Bench:
    """What `setup` sets up."""

    def __init__(self) -> None:
        self.upgrades = 0
        self.policies: list[Topology] = []
        self.troubles: list[Exception] = []
        self.retentions: list[int | None] = []

    def upgrade(self, _settings: Any) -> str:
        self.upgrades += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return "0001"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, quick_retries: None) -> Bench:
    bench = Bench()
    monkeypatch.setattr("sensorctl.setup.upgrade", bench.upgrade)
    monkeypatch.setattr("sensorctl.setup.prepare_partitions", lambda _, days: bench.retentions.append(days))
    monkeypatch.setattr(
        "sensorctl.setup.Management.set_delivery_limit_policy",
        lambda _, topology: bench.policies.append(topology),
    )
    return bench


def test_setup_migrates_declares_and_hangs_the_last_net(
    sensorctl: Call, operators_broker: FakeBroker, bench: Bench
) -> None:
    bench.troubles = [AWAY, AWAY]

    code, out, _ = sensorctl("setup")

    assert code == 0
    assert bench.upgrades == 3
    assert set(operators_broker.queues) == {"sensor_data", "sensor_data.dead"}
    assert bench.policies == [Topology("sensor_data")]
    assert out.count("waiting") == 2
    assert "delivery-limit policy is set" in out


@pytest.mark.parametrize(("variable", "days"), [("", None), ("30", 30)])
def test_setup_keeps_the_partitions_and_says_for_how_long(
    sensorctl: Call,
    operators_broker: FakeBroker,
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    days: int | None,
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", variable)

    code, out, _ = sensorctl("setup")

    assert code == 0
    assert bench.retentions == [days]
    assert f"retention_days={days}" in out


def test_setup_leaves_partitions_to_the_consumers_when_it_has_to_give_way(
    sensorctl: Call, operators_broker: FakeBroker, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_way(*_: Any) -> None:
        raise StoreUnavailable("canceling statement due to lock timeout")

    monkeypatch.setattr("sensorctl.setup.prepare_partitions", give_way)
    monkeypatch.setattr("sensorctl.setup.UPKEEP_SECONDS", 0.03)

    code, out, _ = sensorctl("setup")

    assert code == 0
    assert "partitions not kept up" in out
    assert "lock timeout" in out
    assert set(operators_broker.queues) == {"sensor_data", "sensor_data.dead"}


def test_setup_refuses_a_retention_of_less_than_a_day(
    sensorctl: Call, operators_broker: FakeBroker, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETENTION_DAYS", "0")

    code, _, error = sensorctl("setup")

    assert code == 78
    assert "RETENTION_DAYS" in error
    assert bench.retentions == []


def test_setup_does_without_the_management_api(
    sensorctl: Call, operators_broker: FakeBroker, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise ManagementUnavailable("401 Unauthorized")

    monkeypatch.setattr("sensorctl.setup.Management.set_delivery_limit_policy", refuse)

    code, out, _ = sensorctl("setup")

    assert code == 0
    assert "no delivery-limit policy" in out
    assert "401 Unauthorized" in out


def test_setup_gives_up_a_database_that_never_comes(
    sensorctl: Call, operators_broker: FakeBroker, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECT_TIMEOUT_SECONDS", "0.03")
    bench.troubles = [AWAY] * 100_000

    assert sensorctl("setup")[0] == 69
    assert operators_broker.queues == {}

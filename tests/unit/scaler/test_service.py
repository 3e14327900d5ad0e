"""The loop of the scaler: outages keep the number of consumers."""

import pytest

from messaging.errors import BrokerUnavailable
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal
from scaler.autoscaler import Autoscaler
from scaler.replicas import TargetUnavailable
from scaler.rules import ScalingRules
from scaler.service import ScalerService
from scaler.telemetry import BROKER, TARGET, ScalerTelemetry


class FakeQueue:
    def __init__(self) -> None:
        self.messages: int | None = 0
        self.closed = 0

    def count(self) -> int:
        if self.messages is None:
            raise BrokerUnavailable("connection refused")
        return self.messages

    def close(self) -> None:
        self.closed += 1


class FakeReplicas:
    def __init__(self, count: int) -> None:
        self.requested = count
        self.is_down = False

    def read(self) -> int:
        if self.is_down:
            raise TargetUnavailable("the engine does not answer")
        return self.requested

    def request(self, count: int) -> None:
        self.requested = count


class Harness:
    def __init__(self, connect_timeout_seconds: float = 0) -> None:
        self.now = 0.0
        self.queue, self.replicas = FakeQueue(), FakeReplicas(1)
        self.health = Health(BROKER, TARGET)
        rules = ScalingRules(scaler_stabilization_window_seconds=60)
        telemetry = ScalerTelemetry(self.health, clock=self.clock)
        self.service = ScalerService(
            self.queue, self.replicas, Autoscaler(rules), telemetry, connect_timeout_seconds, self.clock
        )

    def clock(self) -> float:
        return self.now

    def step(self, messages: int | None, seconds: float = 5) -> int:
        self.queue.messages = messages
        self.service.step()
        self.now += seconds
        return self.replicas.requested


@pytest.mark.parametrize(("interval_seconds", "closed"), [(5, 0), (120, 1)])
def test_a_connection_is_closed_before_a_long_wait_also_before_the_first(
    interval_seconds: float, closed: int
) -> None:
    harness, stop = Harness(), ShutdownSignal()
    stop.set()

    harness.service.run(stop, interval_seconds)

    assert harness.queue.closed == closed


def test_consumers_follow_the_queue() -> None:
    harness = Harness()
    assert [harness.step(messages) for messages in (0, 2100, 900, 0)] == [1, 5, 5, 5]
    harness.now += 60
    assert harness.step(0) == 1
    assert harness.health.problems() == {}


def test_without_the_broker_the_number_stays_and_the_scaler_is_not_ready() -> None:
    harness = Harness()
    harness.step(2100)
    harness.now += 600
    assert harness.step(None) == 5
    assert harness.health.problems() == {BROKER: "connection refused"}
    # and afterwards it continues
    assert harness.step(0) == 1
    assert harness.health.problems() == {}


def test_without_the_target_nothing_is_decided() -> None:
    harness = Harness()
    harness.replicas.is_down = True
    assert harness.step(2100) == 1
    assert harness.health.problems() == {TARGET: "the engine does not answer"}
    harness.replicas.is_down = False
    assert harness.step(2100) == 5
    assert harness.health.problems() == {}


def test_a_broker_that_is_never_reached_ends_the_process_after_the_time_out() -> None:
    harness = Harness(connect_timeout_seconds=10)
    assert harness.step(None, seconds=11) == 1
    with pytest.raises(BrokerUnavailable):
        harness.step(None)


def test_a_broker_that_was_reached_once_may_be_down_for_longer() -> None:
    harness = Harness(connect_timeout_seconds=10)
    harness.step(0, seconds=60)
    assert harness.step(None) == 1

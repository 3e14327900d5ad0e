"""The sampler, which puts numbered readings into the outbox when they are due."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from messaging.contract import Unit
from sensor.events import SensorEvents
from sensor.measurement import Measurement
from sensor.sampler import Sampler
from service.lifecycle import Stop
from tests.unit.fakes import FakeClock, Told
from tests.unit.outbox_bench import OutboxBench


class FakeStop(Stop):
    """Its waits take no time: they move the clock."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._clock = clock

    def wait(self, seconds: float) -> bool:
        self.waits.append(max(0.0, seconds))
        self._clock.now += max(0.0, seconds)
        return self.requested


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr("sensor.sampler.time", SimpleNamespace(monotonic=clock))
    return clock


Sampled = Callable[[Any, Stop], tuple[Sampler, list[dict[str, Any]]]]


@pytest.fixture
def sampled(tmp_path: Path) -> Sampled:
    """Runs a sampler to its end; gives it with the bodies that are in its outbox then."""

    def sample(source: Any, stop: Stop) -> tuple[Sampler, list[dict[str, Any]]]:
        outbox = OutboxBench(tmp_path / "outbox").outbox
        sampler = Sampler("kitchen", outbox, Told(SensorEvents))  # type: ignore[arg-type]
        sampler.run(source, stop)
        bodies = []
        for oldest in outbox.oldest(0, len(outbox)):
            bodies.append(json.loads(oldest.body))
            assert oldest.message_id == bodies[-1]["reading_id"]
            assert oldest.message == bodies[-1]
        outbox.close()
        return sampler, bodies

    return sample


def test_the_readings_of_a_run_are_numbered_from_one_under_its_id(sampled: Sampled, clock: FakeClock) -> None:
    sampler, bodies = sampled([Measurement(number, 20.0 + number) for number in range(3)], FakeStop(clock))

    assert [body["sequence"] for body in bodies] == [1, 2, 3]
    assert {body["run_id"] for body in bodies} == {str(sampler.run_id)}
    assert [body["temperature"] for body in bodies] == [20.0, 21.0, 22.0]
    assert len({body["reading_id"] for body in bodies}) == 3
    assert {UUID(body["reading_id"]).version for body in bodies} == {7}


def test_a_measurement_keeps_its_own_time_and_unit_and_is_measured_now_without_one(
    sampled: Sampled, clock: FakeClock
) -> None:
    moment = datetime(2013, 7, 4, tzinfo=UTC)
    source = [Measurement(0, 70.5, Unit.FAHRENHEIT, moment), Measurement(0, 21.5)]

    _, [kept, now] = sampled(source, FakeStop(clock))

    assert (kept["measured_at"], kept["unit"]) == ("2013-07-04T00:00:00.000000Z", "fahrenheit")
    age = datetime.now(UTC) - datetime.fromisoformat(now["measured_at"])
    assert abs(age.total_seconds()) < 60


def test_each_measurement_is_taken_when_it_is_due(sampled: Sampled, clock: FakeClock) -> None:
    stop = FakeStop(clock)

    sampled([Measurement(due, 20) for due in (0, 5, 5.5, 9)], stop)

    assert stop.waits == pytest.approx([0, 5, 0.5, 3.5])


def test_a_stop_ends_it_before_the_next_measurement(sampled: Sampled, clock: FakeClock) -> None:
    stop = FakeStop(clock)

    def source() -> Iterator[Measurement]:
        for number in itertools.count():
            if number == 2:
                stop.request()
            yield Measurement(number, 20)

    _, bodies = sampled(source(), stop)

    assert len(bodies) == 2


@pytest.mark.parametrize(
    ("slept", "waits"),
    [
        pytest.param(100, [0, 1, 0, 1, 1], id="no burst after the machine slept"),
        pytest.param(0.75, [0, 1, 0.25, 1, 1], id="a little lateness is caught up"),
    ],
)
def test_it_keeps_its_pace_when_it_is_late(
    sampled: Sampled, clock: FakeClock, slept: float, waits: Sequence[float]
) -> None:
    stop = FakeStop(clock)

    def source() -> Iterator[Measurement]:
        for number in range(5):
            if number == 2:
                clock.now += slept
            yield Measurement(number, 20)

    sampled(source(), stop)

    assert stop.waits == pytest.approx(waits)

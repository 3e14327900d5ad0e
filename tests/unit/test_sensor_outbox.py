"""Readings that wait for their confirm, and the sampler that puts them there."""

import itertools
import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from messaging.contract import Unit
from sensor.measurement import Measurement
from sensor.outbox import Outbox, Outgoing
from sensor.sampler import Sampler
from service.lifecycle import Stop
from tests.unit.fakes import FakeClock, Told


def reading(number: int) -> Outgoing:
    return Outgoing("kitchen", f"id-{number}", b"{}")


class Bench:
    """An outbox for three readings, and how many it dropped."""

    def __init__(self) -> None:
        self.dropped = 0
        self.outbox = Outbox(3, self._drop)

    def _drop(self) -> None:
        self.dropped += 1

    def drain(self) -> list[str]:
        taken = []
        while oldest := self.outbox.oldest(0):
            taken.append(oldest.message_id)
            self.outbox.confirmed(oldest)
        return taken


def test_readings_leave_in_the_order_in_which_they_came() -> None:
    bench = Bench()
    for number in range(3):
        bench.outbox.put(reading(number))

    assert len(bench.outbox) == 3
    assert bench.drain() == ["id-0", "id-1", "id-2"]
    assert len(bench.outbox) == 0


def test_a_reading_stays_until_it_is_confirmed() -> None:
    bench = Bench()
    bench.outbox.put(reading(0))

    assert bench.outbox.oldest(0) is bench.outbox.oldest(0)
    assert len(bench.outbox) == 1


def test_a_full_outbox_drops_its_oldest_and_tells() -> None:
    bench = Bench()
    for number in range(5):
        bench.outbox.put(reading(number))

    assert bench.dropped == 2
    assert bench.drain() == ["id-2", "id-3", "id-4"]


def test_the_confirm_of_a_reading_that_was_dropped_meanwhile_removes_no_other() -> None:
    bench = Bench()
    for number in range(3):
        bench.outbox.put(reading(number))
    in_flight = bench.outbox.oldest(0)
    assert in_flight
    bench.outbox.put(reading(3))

    bench.outbox.confirmed(in_flight)

    assert bench.drain() == ["id-1", "id-2", "id-3"]


def test_equal_readings_are_confirmed_one_by_one() -> None:
    bench = Bench()
    bench.outbox.put(reading(0))
    bench.outbox.put(reading(0))

    oldest = bench.outbox.oldest(0)
    assert oldest
    bench.outbox.confirmed(oldest)

    assert len(bench.outbox) == 1


def test_whoever_waits_is_woken_by_the_next_reading() -> None:
    bench = Bench()
    threading.Timer(0.02, bench.outbox.put, [reading(7)]).start()

    assert bench.outbox.oldest(30) == reading(7)


def test_waiting_for_nothing_ends() -> None:
    assert Bench().outbox.oldest(0.001) is None


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


def sampled(source: Any, stop: Stop) -> tuple[Sampler, list[dict[str, Any]]]:
    outbox = Outbox(1000, lambda: None)
    sampler = Sampler("kitchen", outbox, Told())  # type: ignore[arg-type]
    sampler.run(source, stop)
    bodies = []
    while oldest := outbox.oldest(0):
        outbox.confirmed(oldest)
        bodies.append(json.loads(oldest.body))
        assert oldest.message_id == bodies[-1]["reading_id"]
    return sampler, bodies


def test_the_readings_of_a_run_are_numbered_from_one_under_its_id(clock: FakeClock) -> None:
    sampler, bodies = sampled([Measurement(number, 20.0 + number) for number in range(3)], FakeStop(clock))

    assert [body["sequence"] for body in bodies] == [1, 2, 3]
    assert {body["run_id"] for body in bodies} == {str(sampler.run_id)}
    assert [body["temperature"] for body in bodies] == [20.0, 21.0, 22.0]
    assert len({body["reading_id"] for body in bodies}) == 3
    assert {UUID(body["reading_id"]).version for body in bodies} == {7}


def test_a_measurement_keeps_its_own_time_and_unit_and_is_measured_now_without_one(clock: FakeClock) -> None:
    moment = datetime(2013, 7, 4, tzinfo=UTC)
    source = [Measurement(0, 70.5, Unit.FAHRENHEIT, moment), Measurement(0, 21.5)]

    _, [kept, now] = sampled(source, FakeStop(clock))

    assert (kept["measured_at"], kept["unit"]) == ("2013-07-04T00:00:00.000000Z", "fahrenheit")
    age = datetime.now(UTC) - datetime.fromisoformat(now["measured_at"])
    assert abs(age.total_seconds()) < 60


def test_each_measurement_is_taken_when_it_is_due(clock: FakeClock) -> None:
    stop = FakeStop(clock)

    sampled([Measurement(due, 20) for due in (0, 5, 5.5, 9)], stop)

    assert stop.waits == pytest.approx([0, 5, 0.5, 3.5])


def test_a_stop_ends_it_before_the_next_measurement(clock: FakeClock) -> None:
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
def test_it_keeps_its_pace_when_it_is_late(clock: FakeClock, slept: float, waits: Sequence[float]) -> None:
    stop = FakeStop(clock)

    def source() -> Iterator[Measurement]:
        for number in range(5):
            if number == 2:
                clock.now += slept
            yield Measurement(number, 20)

    sampled(source(), stop)

    assert stop.waits == pytest.approx(waits)

"""The sampler: puts numbered readings into the outbox when they are due."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from readings.model import Unit
from readings.parsing import parse_reading
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal
from sensor.sampler import Sampler
from sensor.sources.measurement import Measurement
from sensor.telemetry import SensorTelemetry
from tests.unit.bodies import CONTEXT
from tests.unit.fakes import EventRecorder, FakeClock
from tests.unit.outbox_harness import OutboxHarness


class FakeShutdownSignal(ShutdownSignal):
    """A signal whose waits return at once and advance the clock."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._clock = clock

    def wait(self, seconds: float) -> bool:
        self.waits.append(max(0.0, seconds))
        self._clock.now += max(0.0, seconds)
        return self.is_set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr("sensor.sampler.time", SimpleNamespace(monotonic=clock))
    return clock


RunSampler = Callable[[Any, ShutdownSignal], tuple[Sampler, list[dict[str, Any]]]]


@pytest.fixture
def run_sampler(tmp_path: Path) -> RunSampler:
    """Return a function that runs a sampler to its end, and returns it and the bodies in its outbox."""

    def run_to_end(source: Any, stop: ShutdownSignal) -> tuple[Sampler, list[dict[str, Any]]]:
        outbox = OutboxHarness(tmp_path / "outbox").outbox
        sources = source if isinstance(source, dict) else {"kitchen": source}
        sampler = Sampler(sources, outbox, EventRecorder(SensorTelemetry))  # type: ignore[arg-type]
        sampler.run(stop)
        bodies = []
        for entry in outbox.next_batch(0, len(outbox)):
            bodies.append(json.loads(entry.body))
            assert entry.message_id == bodies[-1]["reading_id"]
            assert entry.payload in (None, bodies[-1]), "entries that were read from the file have none"
        outbox.close()
        return sampler, bodies

    return run_to_end


def test_the_process_is_stalled_while_its_source_does_not_respond(tmp_path: Path, clock: FakeClock) -> None:
    health = Health(stall_seconds=60, clock=clock)
    telemetry = SensorTelemetry(health)
    stalled: list[float | None] = []

    def relay_for(seconds: float) -> None:
        clock.now += seconds
        telemetry.progress()
        stalled.append(health.stalled_seconds())

    def source() -> Iterator[Measurement]:
        yield Measurement(0, 20.0)
        relay_for(50)
        relay_for(50)
        yield Measurement(0, 20.0)

    with closing(OutboxHarness(tmp_path / "outbox").outbox) as outbox:
        Sampler({"kitchen": source()}, outbox, telemetry).run(FakeShutdownSignal(clock))
    relay_for(50)

    assert stalled == [None, 100, None]


def test_the_readings_of_a_run_have_its_id_and_are_numbered_from_one(
    run_sampler: RunSampler, clock: FakeClock
) -> None:
    sampler, bodies = run_sampler(
        [Measurement(number, 20.0 + number) for number in range(3)], FakeShutdownSignal(clock)
    )

    assert [body["sequence"] for body in bodies] == [1, 2, 3]
    assert {body["run_id"] for body in bodies} == {str(sampler.run_id)}
    assert [body["temperature"] for body in bodies] == [20.0, 21.0, 22.0]
    assert len({body["reading_id"] for body in bodies}) == 3
    assert {UUID(body["reading_id"]).version for body in bodies} == {7}


def test_a_reading_has_the_time_of_its_measurement_or_else_the_present(
    run_sampler: RunSampler, clock: FakeClock
) -> None:
    recorded_at = datetime(2013, 7, 4, tzinfo=UTC)
    source = [Measurement(0, 70.5, Unit.FAHRENHEIT, recorded_at), Measurement(0, 21.5)]

    _, [recorded, present] = run_sampler(source, FakeShutdownSignal(clock))

    assert (recorded["measured_at"], recorded["unit"]) == ("2013-07-04T00:00:00.000000Z", "fahrenheit")
    age = datetime.now(UTC) - datetime.fromisoformat(present["measured_at"])
    assert abs(age.total_seconds()) < 60


def test_a_recording_with_its_own_times_has_the_same_readings_in_each_run(
    run_sampler: RunSampler, clock: FakeClock
) -> None:
    recorded = Measurement(0, 70.5, Unit.FAHRENHEIT, datetime(2013, 7, 4, tzinfo=UTC))
    warmer = recorded._replace(temperature=71.5)

    _, bodies = run_sampler([recorded, warmer, recorded], FakeShutdownSignal(clock))

    assert bodies[0] == bodies[2] != bodies[1]
    assert not {"run_id", "sequence"} & bodies[0].keys(), "a number that is not stored would be a gap"
    parsed = parse_reading(json.dumps(bodies[0]).encode(), CONTEXT)
    body_without_id = {name: value for name, value in bodies[0].items() if name != "reading_id"}
    assert parsed == parse_reading(json.dumps(body_without_id).encode(), CONTEXT)


def test_each_measurement_is_taken_when_it_is_due(run_sampler: RunSampler, clock: FakeClock) -> None:
    stop = FakeShutdownSignal(clock)

    run_sampler([Measurement(due, 20) for due in (0, 5, 5.5, 9)], stop)

    assert stop.waits == pytest.approx([0, 5, 0.5, 3.5])


def test_a_shutdown_request_ends_it_before_the_next_measurement(
    run_sampler: RunSampler, clock: FakeClock
) -> None:
    stop = FakeShutdownSignal(clock)

    def source() -> Iterator[Measurement]:
        for number in itertools.count():
            if number == 2:
                stop.set()
            yield Measurement(number, 20)

    _, bodies = run_sampler(source(), stop)

    assert len(bodies) == 2


@pytest.mark.parametrize(
    ("suspended", "waits"),
    [
        pytest.param(100, [0, 1, 0, 1, 1], id="no burst after the machine was suspended"),
        pytest.param(0.75, [0, 1, 0.25, 1, 1], id="a short delay is caught up"),
    ],
)
def test_it_keeps_its_interval_after_a_delay(
    run_sampler: RunSampler, clock: FakeClock, suspended: float, waits: Sequence[float]
) -> None:
    stop = FakeShutdownSignal(clock)

    def source() -> Iterator[Measurement]:
        for number in range(5):
            if number == 2:
                clock.now += suspended
            yield Measurement(number, 20)

    run_sampler(source(), stop)

    assert stop.waits == pytest.approx(waits)


def test_several_sensors_are_numbered_each_and_distributed_over_their_interval(
    run_sampler: RunSampler, clock: FakeClock
) -> None:
    stop = FakeShutdownSignal(clock)
    sources = {name: [Measurement(number * 10, 20) for number in range(2)] for name in ("a", "b")}

    _, bodies = run_sampler(sources, stop)

    assert [(body["sensor_id"], body["sequence"]) for body in bodies] == [
        ("a", 1), ("b", 1), ("a", 2), ("b", 2),
    ]  # fmt: skip
    assert stop.waits == pytest.approx([0, 5, 5, 5])
    assert len({body["run_id"] for body in bodies}) == 1


def test_measurements_of_several_sensors_that_are_due_together_are_stored_together(
    run_sampler: RunSampler, clock: FakeClock
) -> None:
    stop = FakeShutdownSignal(clock)
    sources = {str(number): [Measurement(0, 20), Measurement(1, 21)] for number in range(400)}

    _, bodies = run_sampler(sources, stop)

    assert len(bodies) == 800
    assert max(stop.waits) == pytest.approx(0.005), "it does not wait for each measurement"
    assert len(stop.waits) < 500

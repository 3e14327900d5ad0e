"""A connection of `make load`, with a fake publisher."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle
from types import SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from benchmarks.load.measurements import Measurements
from benchmarks.load.options import Protocol
from benchmarks.load.sender import MAX_IN_FLIGHT, MAX_PER_TURN, Sender, Source
from messaging.errors import BrokerUnavailable
from messaging.publishing.confirm_publisher import Confirm
from readings.parsing import ParseContext, parse_reading

LOAD_ID = UUID("01934f2a-7c00-7000-8000-000000000001")


class FakePublisher:
    """Records messages; `wait` returns the next confirms, or raises the next error."""

    def __init__(self, *waits: list[Confirm] | BrokerUnavailable) -> None:
        self.messages: list[tuple[str, str, bytes]] = []
        self.closed = False
        self._waits = iter(waits)

    def publish(self, sensor_id: str, message_id: str, body: bytes) -> None:
        self.messages.append((sensor_id, message_id, body))

    def wait(self, _seconds: float) -> list[Confirm]:
        result = next(self._waits, [])
        if isinstance(result, BrokerUnavailable):
            raise result
        return result

    def close(self) -> None:
        self.closed = True


class Bench:
    """A sender with fake connections, of which `due` readings are due each time."""

    def __init__(self, *publishers: FakePublisher, due: Sequence[int] = (3,)) -> None:
        counts = iter(due)
        self.slept: list[float] = []
        self.now = 0.0
        self.limits: list[int] = []
        self.measurements = Measurements()
        pacer = SimpleNamespace(stage=0, seconds_until_due=lambda: 0.1, take=self._take)
        self._counts = counts
        source = Source(
            protocol=Protocol.AMQP,
            connect=iter(publishers).__next__,
            pacer=pacer,  # type: ignore[arg-type]  # the part that is used
            sensor_ids=cycle(["load-1", "load-2"]),
            load_id=LOAD_ID,
            measurements=self.measurements,
        )
        self.sender = Sender(source, clock=self._clock, sleep=self.slept.append)

    def _take(self, limit: int) -> int:
        self.limits.append(limit)
        return min(next(self._counts, 0), limit)

    def _clock(self) -> float:
        self.now += 1
        return self.now


def test_due_readings_are_published_in_turn_and_carry_the_run() -> None:
    publisher = FakePublisher()
    bench = Bench(publisher)

    bench.sender.run_once()

    assert [sensor for sensor, _, _ in publisher.messages] == ["load-1", "load-2", "load-1"]
    reading = parse_reading(publisher.messages[0][2], ParseContext(ZoneInfo("UTC"), datetime.now(UTC)))
    assert (reading.sensor_id, str(reading.reading_id)) == publisher.messages[0][:2]
    assert reading.import_id == LOAD_ID
    assert bench.measurements.readings() == 3


def test_the_time_to_each_confirm_is_measured() -> None:
    bench = Bench(FakePublisher([Confirm(1, multiple=False)], [Confirm(3, multiple=True)]))

    bench.sender.run_once()
    bench.sender.run_once()

    # The clock advances by a second with each call: three readings, the first confirm, then the other two.
    assert list(bench.measurements.confirm_seconds()) == [3, 3, 2]


def test_unconfirmed_readings_limit_what_is_published() -> None:
    turns = MAX_IN_FLIGHT // MAX_PER_TURN
    bench = Bench(FakePublisher(), due=[MAX_PER_TURN + 5] * (turns + 1))

    for _ in range(turns + 1):
        bench.sender.run_once()

    assert bench.limits == [MAX_PER_TURN] * turns + [0]


def test_after_a_loss_unconfirmed_readings_are_published_again() -> None:
    lost = FakePublisher([Confirm(1, multiple=False)], BrokerUnavailable("Connection reset"))
    second = FakePublisher([Confirm(2, multiple=True)])
    bench = Bench(lost, second)

    for _ in range(3):
        bench.sender.run_once()

    assert second.messages == lost.messages[1:]
    assert lost.closed
    assert bench.slept == [1.0]
    assert bench.measurements.failures == {"AMQP: Connection reset": 1}
    assert (bench.measurements.readings(), bench.measurements.confirmed) == (3, 3)


def test_at_the_end_the_last_confirms_are_awaited() -> None:
    publisher = FakePublisher([], [], [Confirm(3, multiple=True)])
    bench = Bench(publisher)

    bench.sender.run_once()
    bench.sender.finish()

    assert bench.measurements.confirmed == 3
    assert bench.measurements.unconfirmed == []
    assert publisher.closed


@pytest.mark.parametrize("last", [[], BrokerUnavailable("lost")])
def test_readings_that_are_never_confirmed_are_known(last: list[Confirm] | BrokerUnavailable) -> None:
    publisher = FakePublisher([Confirm(1, multiple=False)], last)
    bench = Bench(publisher)

    bench.sender.run_once()
    bench.sender.finish()

    assert [str(reading_id) for reading_id in bench.measurements.unconfirmed] == [
        message_id for _, message_id, _ in publisher.messages[1:]
    ]

"""A sensor that measures every ten minutes, a server that records it, and connections that break."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from readings.model import Reading, Unit
from tests.unit.fake_job import FakeJob
from worker.context import Covered
from worker.sources.live_values import LiveItem
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable, SourceValue

START = datetime(2026, 11, 1, tzinfo=UTC)
STEP = timedelta(minutes=10)
SETTLE_SECONDS = 10.25  # no other wait is as long
REMOTE = "sensor.attic"
SENSORS = {REMOTE: "attic"}


def value(index: int, skew_seconds: int = 0) -> SourceValue:
    measured_at = START + index * STEP + timedelta(seconds=skew_seconds)
    return SourceValue(REMOTE, measured_at, float(index), Unit.CELSIUS)


class World:
    """Lets time pass while values are sent, and while the job waits.

    Each connection sends the values from the moment of its subscription up to its cut; the last one ends with
    a refusal, which ends the job. The history lacks what was measured since the job last waited. `skew`
    is by how many seconds the server's clock is ahead.
    """

    def __init__(
        self,
        cuts: Iterable[int],
        missed: int,
        *,
        repeats: bool = False,
        disorder: bool = False,
        skew: int = 0,
    ) -> None:
        self._cuts = iter(cuts)
        self._missed = missed
        self._repeats = repeats
        self._disorder = disorder
        self._skew = skew
        self._lock = Lock()
        self.measured = self.recorded = 0
        self.connections: list[tuple[int, int]] = []

    def now(self) -> datetime:
        return START + self.measured * STEP

    def pass_time(self, seconds: float) -> None:
        """Record what was measured; while the job waits for its next attempt, more is measured."""
        with self._lock:
            if seconds != SETTLE_SECONDS:
                self.measured += self._missed
            self.recorded = self.measured

    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        first = self.measured
        cut = next(self._cuts, None)
        last = first + (cut or 0)
        self.connections.append((first, last))
        yield self._send(first, last, is_last=cut is None)

    def _send(self, first: int, last: int, *, is_last: bool) -> Iterator[LiveItem]:
        order = list(range(first, last))
        if self._disorder:
            order.sort(key=lambda index: index ^ 1)  # neighbours change places
        for position, index in enumerate(order):
            with self._lock:
                self.measured = max(self.measured, first + position + 1)
            yield value(index, self._skew)
            if self._repeats:
                yield value(index, self._skew)
                yield Skipped("unavailable")
        if is_last:
            raise SourceRefused("the end of the test")
        raise SourceUnavailable("the connection broke")

    @contextmanager
    def history(self) -> Iterator["World"]:
        yield self

    def read(self, start: datetime, end: datetime) -> Iterator[SourceValue]:
        for index in range(self.recorded):
            if start <= value(index, self._skew).measured_at < end:
                yield value(index, self._skew)


class WorldJob(FakeJob):
    """A job in that world."""

    def __init__(self, world: World, interrupt_after: int | None = None) -> None:
        super().__init__(kind="live", interrupt_after=interrupt_after)
        self._world = world

    def save(self, *args: Any, covered: Covered | None = None, **options: Any) -> None:
        assert covered is None or covered.start <= covered.end <= self._world.now()
        super().save(*args, covered=covered, **options)

    def sleep(self, seconds: float) -> None:
        self._world.pass_time(seconds)
        super().sleep(seconds)


class FakePublisher:
    """Confirms everything at once."""

    def __init__(self) -> None:
        self.published: list[Reading] = []

    def publish(self, readings: Iterable[Reading]) -> None:
        self.published.extend(readings)

    @property
    def temperatures(self) -> list[float]:
        return [reading.temperature for reading in self.published]

"""Which readings of one sensor were in a file before: exact, at 16 bytes a reading."""

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from enum import Enum, auto

# Readings between others are collected up to this number, and are then sorted.
MAX_COLLECTED = 65_536


class Seen(Enum):
    """Whether an earlier row has a reading."""

    NEW = auto()
    SAME = auto()
    OTHER_TEMPERATURE = auto()


class SeenReadings:
    """The readings of a sensor, of which most are later, or earlier, than all before.

    Times are whole numbers. A reading between others goes into a collection, which becomes a sorted run when
    it is full. Runs of similar size are merged, so that there are few of them whatever the order is.
    """

    def __init__(self) -> None:
        self._ascending, self._descending = _Run(), _Run()
        self._collected: dict[int, tuple[float, ...]] = {}
        self._runs: list[_Run] = []
        self._first = self._last = 0

    def add(self, time: int, temperature: float) -> Seen:
        """Add a reading, and return whether it was there before."""
        if not self._ascending.times or time > self._last:
            if not self._ascending.times:
                self._first = time
            self._ascending.append(time, temperature)
            self._last = time
            return Seen.NEW
        if time < self._first:
            self._descending.append(-time, temperature)
            self._first = time
            return Seen.NEW
        found = self.find(time, temperature)
        if found is not Seen.SAME:
            self._collect(time, temperature)
        return found

    def find(self, time: int, temperature: float) -> Seen:
        """Return whether a reading was there before."""
        others = set(self._temperatures(time))
        if temperature in others:
            return Seen.SAME
        return Seen.OTHER_TEMPERATURE if others else Seen.NEW

    def _temperatures(self, time: int) -> Iterator[float]:
        yield from self._ascending.find(time)
        yield from self._descending.find(-time)
        yield from self._collected.get(time, ())
        for run in self._runs:
            yield from run.find(time)

    def _collect(self, time: int, temperature: float) -> None:
        self._collected[time] = (*self._collected.get(time, ()), temperature)
        if len(self._collected) < MAX_COLLECTED:
            return
        run = _Run((key, value) for key in sorted(self._collected) for value in self._collected[key])
        self._collected.clear()
        while self._runs and len(self._runs[-1].times) < 2 * len(run.times):
            run = _Run(heapq.merge(self._runs.pop(), run))
        self._runs.append(run)


class _Run:
    """Readings in the order of their times."""

    def __init__(self, readings: Iterable[tuple[int, float]] = ()) -> None:
        self.times, self.temperatures = array("q"), array("d")
        for time, temperature in readings:
            self.append(time, temperature)

    def __iter__(self) -> Iterator[tuple[int, float]]:
        return zip(self.times, self.temperatures, strict=True)

    def append(self, time: int, temperature: float) -> None:
        """Add a reading that is not before the last one."""
        self.times.append(time)
        self.temperatures.append(temperature)

    def find(self, time: int) -> Iterator[float]:
        """Yield the temperatures at this time."""
        index = bisect_left(self.times, time)
        while index < len(self.times) and self.times[index] == time:
            yield self.temperatures[index]
            index += 1

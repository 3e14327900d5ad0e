"""Follows one sensor: its excursions stay exact, in whatever order its readings are stored."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from limits.history import History, find_anchor, is_clear
from limits.model import Excursion, Reading
from limits.series import SensorSeries

# Readings that are so much older than the last, or among so many last, can come late at little cost.
LATE_SECONDS = 30.0
LATE_READINGS = 64
FOREVER = float("inf")


class Replacement(NamedTuple):
    """All excursions of each limit that start at `since` of that limit or later, and before `until`."""

    since: dict[int, float]
    until: float
    excursions: dict[int, list[Excursion]]


class SensorTrack:
    """The state of a sensor's limits at a checkpoint, and after its last reading.

    The readings after the checkpoint are kept, so that one between them is taken in its place. The checkpoint
    can be stored, and continued from with the readings that were stored after it.
    """

    def __init__(self, series: SensorSeries, *, settled: bool = True) -> None:
        self._base: dict[str, Any] = series.dump()
        self._base_idle = series.idle
        self._tail: list[Reading] = []
        self._since = _starts(series)
        self._first = series.last
        self._settled = settled
        self._head = series.copy()

    @classmethod
    def restored(cls, series: SensorSeries, checkpoint: dict[str, Any], readings: Sequence[Reading]) -> Self:
        """Continue from a checkpoint with the readings after it.

        Raises:
            KeyError: When the checkpoint does not have one of the limits.
        """
        series.restore(checkpoint)
        track = cls(series)
        track.add([reading for reading in readings if series.last is None or reading > series.last])
        return track

    @property
    def checkpoint(self) -> dict[str, Any]:
        """The state to continue from."""
        return self._base

    @property
    def idle(self) -> bool:
        """Whether nothing has to be stored to continue from: neither at the checkpoint nor now."""
        return self._base_idle and self._head.idle

    @property
    def last(self) -> Reading | None:
        """The last reading."""
        return self._head.last

    @property
    def has_excursions(self) -> bool:
        """Whether there are excursions that have not ended at the checkpoint."""
        return any(excursions_of(self._head).values())

    def excursions(self) -> Replacement:
        """Return the excursions that have not ended at the checkpoint."""
        return Replacement(self._since, FOREVER, excursions_of(self._head))

    def is_late(self, reading: Reading) -> bool:
        """Return whether a reading is before the checkpoint, so that it cannot be added."""
        return self._first is not None and reading < self._first

    def accepts(self, readings: Sequence[Reading]) -> bool:
        """Return whether the sorted readings can be added without those before them."""
        if self.is_late(readings[0]):
            return False
        temperatures = [reading.temperature for reading in readings]
        return self._settled or is_clear(self._head.limits, min(temperatures), max(temperatures))

    def add(self, readings: Sequence[Reading]) -> None:
        """Add sorted readings that are accepted."""
        if not readings:
            return
        self._first = self._first or readings[0]
        last = self._head.last
        if last is None or readings[0] >= last:
            self._head.feed(readings)
            self._tail.extend(readings)
        else:
            self._tail = sorted({*self._tail, *readings})
            self._head.restore(self._base)
            self._head.feed(self._tail)

    def advance_checkpoint(self) -> bool:
        """Move the checkpoint forward and forget what ended before it; return whether it moved."""
        if self._head.last is None:
            return False
        number = bisect_left(self._tail, Reading(self._head.last.measured_at - LATE_SECONDS, -FOREVER))
        if not self._settled:
            # Until then it is idle, and the readings before the first are not known.
            number = len(self._tail) if self._head.settled else 0
        elif number < (LATE_READINGS if self._base_idle or not self._head.idle else 1):
            return False
        if number == 0:
            return False
        self._settled = True
        series = self._head.copy()
        series.restore(self._base)
        series.feed(self._tail[:number])
        self._base, self._base_idle, self._since = series.dump(), series.idle, _starts(series)
        del self._tail[:number]
        self._first = series.last
        for evaluation in self._head.evaluations:
            since = self._since[evaluation.limit.limit_id]
            evaluation.ended = [each for each in evaluation.ended if each.started_at >= since]
        return True


def _starts(series: SensorSeries) -> dict[int, float]:
    """Return from when on each limit has excursions that have not ended."""
    last = series.last.measured_at if series.last else -FOREVER
    return {
        each.limit.limit_id: last if each.started_at is None else each.started_at
        for each in series.evaluations
    }


def excursions_of(series: SensorSeries) -> dict[int, list[Excursion]]:
    """Return the excursions of each limit, the open one last."""
    return {
        each.limit.limit_id: each.ended + ([each.open] if each.open else []) for each in series.evaluations
    }


def recompute(
    series: SensorSeries,
    history: History,
    readings: Sequence[Reading],
    track: SensorTrack | None = None,
    *,
    floor: float,
) -> tuple[Replacement, SensorTrack | None]:
    """Compute the excursions around sorted readings again, from what is stored from `floor` on.

    It ends as soon as what follows is not affected, if the track of the sensor is later; None is returned for
    the track then, which stays as it is. Otherwise it is the track that takes its place.
    """
    anchor = find_anchor(series.limits, history, readings[0].measured_at, floor)
    after = 0
    until = FOREVER
    for reading in history.readings(anchor.start):
        series.feed((reading,))
        after += reading > readings[-1]
        if track and after > LATE_READINGS and series.idle and track.is_late(reading):
            until = reading.measured_at
            break
    excursions = {
        limit_id: [each for each in found if anchor.since <= each.started_at < until]
        for limit_id, found in excursions_of(series).items()
    }
    since = dict.fromkeys(excursions, anchor.since)
    return Replacement(since, until, excursions), SensorTrack(series) if until == FOREVER else None

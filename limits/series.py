"""Evaluates all limits of one sensor together, and finds the gaps between its readings."""

import copy
from collections import deque
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any, Self

from limits.evaluation import LimitEvaluation
from limits.model import Limit, LimitKind, Reading

GAP_INTERVALS = 2.5
MEDIAN_INTERVALS = 10  # the usual interval is the median of so many before
MIN_INTERVALS = 2  # with fewer it is unknown, and nothing is a gap


class SensorSeries:
    """The state of a sensor's limits after its readings so far, which are fed in order."""

    def __init__(self, limits: Sequence[Limit], expected_interval_seconds: float | None = None) -> None:
        self.evaluations = [LimitEvaluation(limit) for limit in limits]
        self.last: Reading | None = None
        self._expected = expected_interval_seconds
        self._intervals: deque[float] = deque(maxlen=MEDIAN_INTERVALS)

    @property
    def limits(self) -> list[Limit]:
        """The limits."""
        return [evaluation.limit for evaluation in self.evaluations]

    @property
    def settled(self) -> bool:
        """Whether earlier readings than those it was fed no longer matter, while it is idle."""
        return len(self._intervals) == MEDIAN_INTERVALS and not any(
            limit.kind is LimitKind.RATE for limit in self.limits
        )

    @property
    def idle(self) -> bool:
        """Whether no limit has an episode that later readings can continue."""
        return all(evaluation.idle for evaluation in self.evaluations)

    def feed(self, readings: Iterable[Reading]) -> None:
        """Take the next readings in order."""
        for reading in readings:
            self._feed_one(reading)

    def _feed_one(self, reading: Reading) -> None:
        last = self.last
        self.last = reading
        if last is None:
            for evaluation in self.evaluations:
                evaluation.enter(reading)
            return
        interval = reading.measured_at - last.measured_at
        if interval > 0 and self._is_gap(interval):
            for evaluation in self.evaluations:
                evaluation.interrupt(last.measured_at)
                evaluation.enter(reading)
        else:
            for evaluation in self.evaluations:
                evaluation.advance(last, reading)
        if interval > 0:
            self._intervals.append(interval)

    def _is_gap(self, interval: float) -> bool:
        if self._expected is not None:
            return interval > GAP_INTERVALS * self._expected
        intervals = self._intervals
        return (
            len(intervals) >= MIN_INTERVALS
            and interval > GAP_INTERVALS * min(intervals)
            and interval > GAP_INTERVALS * median(intervals)
        )

    def copy(self) -> Self:
        """Return an independent copy without the excursions that ended."""
        other = copy.copy(self)
        other.restore(copy.deepcopy(self.dump()))
        return other

    def dump(self) -> dict[str, Any]:
        """Return the state as JSON values, without the excursions that ended."""
        return {
            "last": self.last,
            "intervals": list(self._intervals),
            "limits": {str(each.limit.limit_id): each.dump() for each in self.evaluations},
        }

    def restore(self, dumped: dict[str, Any]) -> None:
        """Take a state that `dump` returned for the same limits.

        Raises:
            KeyError: When it does not have one of the limits.
        """
        self.last = Reading(*dumped["last"]) if dumped["last"] else None
        self._intervals = deque(dumped["intervals"], maxlen=MEDIAN_INTERVALS)
        self.evaluations = [LimitEvaluation(each.limit) for each in self.evaluations]
        for evaluation in self.evaluations:
            evaluation.restore(dumped["limits"][str(evaluation.limit.limit_id)])

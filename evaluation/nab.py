"""The score of the Numenta Anomaly Benchmark, standard profile.

A. Lavin, S. Ahmad: Evaluating Real-time Anomaly Detection Algorithms, ICMLA 2015, https://arxiv.org/abs/1510.03336;
details as in `nab/sweeper.py` of https://github.com/numenta/NAB.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from typing import NamedTuple

from evaluation.series import Series

TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE = 1.0, 0.11, 1.0
PROBATION_SHARE, MAX_PROBATION = 0.15, 750
STEEPNESS = 5.0
FAR = 3.0
"""So many widths behind a window, an alarm is as wrong as one that follows no window."""


class Score(NamedTuple):
    """How good some alarms are: 0 is as good as none, 100 is one at the start of each window and no other."""

    normalised: float
    raw: float
    found: int
    windows: int
    false_alarms: int


class _Rows(NamedTuple):
    """The rows of a window, both included."""

    first: int
    last: int

    @property
    def width(self) -> int:
        return self.last - self.first + 1


def probation(rows: int) -> int:
    """Return how many rows at the start are not scored, because the detector still learns."""
    return min(math.floor(PROBATION_SHARE * rows), MAX_PROBATION)


def score(series: Series, alarms: Collection[float]) -> Score:
    """Score alarms by their times. Only the earliest one in a window counts, and none in the probation.

    Raises:
        ValueError: When an alarm is not at the time of a reading, or no window can be scored.
    """
    times = [reading.measured_at for reading in series.readings]
    rows = {at: row for row, at in enumerate(times)}
    if unknown := [at for at in alarms if at not in rows]:
        raise ValueError(
            f"{series.name} has no reading at {unknown[0]}: an alarm is at the time of a reading"
        )
    return score_rows(len(times), window_rows(times, series), {rows[at] for at in alarms})


def require_scored(series: Series) -> None:
    """Check that a window of a series can be scored.

    Raises:
        ValueError: When there is none behind the probation.
    """
    rows = len(series.readings)
    windows = window_rows([reading.measured_at for reading in series.readings], series)
    if all(last < probation(rows) for _, last in windows):
        raise ValueError(
            f"no window of {series.name} has a reading after the first {probation(rows)} of {rows}, which "
            "are not scored because detectors still learn: name a later window, or give readings before it"
        )


def window_rows(times: Sequence[float], series: Series) -> list[tuple[int, int]]:
    """Return the first and the last row of each window that has a row."""
    found = ((bisect_left(times, w.started_at), bisect_right(times, w.ended_at) - 1) for w in series.windows)
    return [(first, last) for first, last in found if first <= last]


def score_rows(rows: int, windows: Sequence[tuple[int, int]], alarms: Collection[int]) -> Score:
    """Score alarms by their rows, counted from 0; windows have their first and last row.

    Raises:
        ValueError: When no window can be scored.
    """
    start = probation(rows)
    spans = [_Rows(first, last) for first, last in windows]
    scored = [window for window in spans if window.last >= start]
    if not scored:
        raise ValueError("no labelled window is behind the probation: there is nothing to score")
    counted = sorted(row for row in alarms if row >= start)
    raw, found, false_alarms = 0.0, 0, 0
    for window in scored:
        first = next((row for row in counted if window.first <= row <= window.last), None)
        raw += -FALSE_NEGATIVE if first is None else _reward(window, first)
        found += first is not None
    for row in counted:
        if not any(window.first <= row <= window.last for window in spans):
            raw += FALSE_POSITIVE * _penalty(spans, row)
            false_alarms += 1
    worst, best = -FALSE_NEGATIVE * len(scored), TRUE_POSITIVE * len(scored)
    return Score(100.0 * (raw - worst) / (best - worst), raw, found, len(scored), false_alarms)


def _reward(window: _Rows, row: int) -> float:
    position = -(window.last - row + 1) / window.width
    return TRUE_POSITIVE * _scaled_sigmoid(position) / _scaled_sigmoid(-1.0)


def _penalty(windows: Sequence[_Rows], row: int) -> float:
    before = [window for window in windows if window.last < row]
    if not before or before[-1].width == 1:
        return -1.0
    position = (row - before[-1].last) / (before[-1].width - 1)
    return -1.0 if position > FAR else _scaled_sigmoid(position)


def _scaled_sigmoid(position: float) -> float:
    return 2.0 / (1.0 + math.exp(STEEPNESS * position)) - 1.0

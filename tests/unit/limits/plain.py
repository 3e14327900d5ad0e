"""The plain computation of excursions over all readings at once, as the definition says it."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from limits.model import EndReason, Limit, LimitKind, Reading


class PlainExcursion(NamedTuple):
    started_at: float
    ended_at: float | None
    end_reason: EndReason | None
    peak: float
    degree_minutes: float


Point = tuple[float, float, bool]  # time, value as one above the threshold, and whether the limit holds


def plain_excursions(
    limit: Limit, readings: Sequence[Reading], expected: float | None = None
) -> list[PlainExcursion]:
    """Return the excursions of the sorted readings; the last is open if its `ended_at` is None."""
    runs = list(_runs(sorted(readings), expected))
    return [each for n, run in enumerate(runs) for each in _in_run(limit, run, last=n == len(runs) - 1)]


def _runs(readings: list[Reading], expected: float | None) -> Iterator[list[Reading]]:
    """Split the readings at the gaps."""
    times = sorted({reading.measured_at for reading in readings})
    intervals = [b - a for a, b in pairwise(times)]
    run: list[Reading] = []
    for reading in readings:
        if run and reading.measured_at > run[-1].measured_at:
            index = times.index(reading.measured_at) - 1
            before = intervals[max(0, index - 10) : index]
            usual = expected or (median(before) if len(before) >= 2 else None)
            if usual is not None and intervals[index] > 2.5 * usual:
                yield run
                run = []
        run.append(reading)
    if run:
        yield run


def _values(limit: Limit, run: list[Reading]) -> list[float]:
    if limit.kind is LimitKind.HIGH:
        return [reading.temperature for reading in run]
    if limit.kind is LimitKind.LOW:
        return [-reading.temperature for reading in run]
    return [
        max(
            abs(reading.temperature - other.temperature)
            for other in run[: n + 1]
            if other.measured_at >= reading.measured_at - limit.window_seconds
        )
        for n, reading in enumerate(run)
    ]


def _lines(limit: Limit, run: list[Reading]) -> Iterator[tuple[float, float, float, float, bool]]:
    """Yield straight lines, each on one side of both levels and of each change of the schedule."""
    values = _values(limit, run)
    level = -limit.threshold if limit.kind is LimitKind.LOW else limit.threshold
    for (a, y0), (b, y1) in pairwise(zip([reading.measured_at for reading in run], values, strict=True)):
        cuts = [(a, y0), (b, y1)]
        lines = (line for line in (level, level - limit.hysteresis) if min(y0, y1) < line < max(y0, y1))
        cuts += [(a + (b - a) * (line - y0) / (y1 - y0), line) for line in lines]
        if limit.schedule and a < b:
            ends = [piece.end for piece in limit.schedule.pieces(a, b)]
            cuts += [(end, y0 + (y1 - y0) * (end - a) / (b - a)) for end in ends]
        # A vertical line passes the levels in its own direction.
        cuts.sort(key=lambda cut: (cut[0], cut[1] if y1 >= y0 else -cut[1]))
        for (start, y), (end, z) in pairwise(cuts):
            active = limit.schedule is None or limit.schedule.piece_at((start + end) / 2).active
            yield start, y, end, z, active


def _in_run(  # noqa: C901 (the definition in one place)
    limit: Limit, run: list[Reading], *, last: bool
) -> Iterator[PlainExcursion]:
    """Follow the lines of readings without a gap."""
    sign = -1 if limit.kind is LimitKind.LOW else 1
    level = sign * limit.threshold
    beyond: list[tuple[float, float, float, float]] = []
    confirmed = False

    def result(ended_at: float | None, reason: EndReason | None) -> PlainExcursion:
        area = sum((t1 - t0) * (max(y0 - level, 0) + max(y1 - level, 0)) / 2 for t0, y0, t1, y1 in beyond)
        return PlainExcursion(
            beyond[0][0], ended_at, reason, sign * max(y for line in beyond for y in line[1::2]), area / 60
        )

    first = run[0].measured_at
    if _values(limit, run)[0] > level and (limit.schedule is None or limit.schedule.piece_at(first).active):
        beyond = [(first, _values(limit, run)[0], first, _values(limit, run)[0])]
        confirmed = limit.delay_seconds <= 0
    for t0, y0, t1, y1, active in _lines(limit, run):
        if not active:
            if beyond and confirmed:
                yield result(t0, EndReason.SCHEDULE)
            beyond, confirmed = [], False
            continue
        above = max(y0, y1) > level
        if beyond or above:
            beyond.append((t0, y0, t1, y1))
        if beyond and not confirmed:
            confirmed = above and t1 - beyond[0][0] >= limit.delay_seconds
            if not confirmed and y1 <= level:
                beyond = []
        if beyond and confirmed and y1 <= level - limit.hysteresis:
            if t1 > beyond[0][0]:
                yield result(t1, EndReason.RECOVERED)
            beyond, confirmed = [], False
    if beyond and confirmed:
        yield result(None, None) if last else result(run[-1].measured_at, EndReason.UNKNOWN)

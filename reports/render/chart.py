"""The chart of a sensor as SVG: its temperature with limits, excursions, gaps and changes of the clocks.

It is as wide as the page, in points, so that its letters have the size that they say. Of many readings it
keeps the first, the lowest, the highest and the last of each half point: the line is the same as with all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import pairwise
from zoneinfo import ZoneInfo

from reports.model import SensorReport
from reports.render.axes import clock_changes, time_ticks, value_ticks
from reports.render.notation import Notation, format_offset
from reports.samples import Samples, to_epoch_us

WIDTH, HEIGHT = 510.0, 176.0
LEFT, RIGHT, TOP, BOTTOM = 34.0, 46.0, 10.0, 24.0
COLUMN = 0.5  # points that are drawn as one
MIN_BAND = 0.8  # so that a short excursion is visible
LABEL_HEIGHT = 8.0
MAX_CLOCK_CHANGES = 8  # more labels would cover each other
FONTS = "Liberation Sans, DejaVu Sans, Libertinus Serif"
LINE, LIMIT, OUTER_LIMIT, EXCURSION, GAP, HATCH, GRID, AXIS = (
    "#1f4e79", "#b3261e", "#9a6700", "#f7cfc9", "#eeeeee", "#b4b4b4", "#e2e2e2", "#4a4a4a",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """Where times (µs since 1970) and temperatures (°C) are in the picture."""

    start: int
    end: int
    low: float
    high: float

    def x(self, time: int) -> float:
        """Return the distance from the left edge; times outside the period are at its edges."""
        fraction = (min(max(time, self.start), self.end) - self.start) / (self.end - self.start)
        return LEFT + fraction * (WIDTH - LEFT - RIGHT)

    def y(self, temperature: float) -> float:
        """Return the distance from the upper edge."""
        return TOP + (self.high - temperature) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def draw_chart(
    sensor: SensorReport, start: datetime, end: datetime, zone: ZoneInfo, notation: Notation
) -> str:
    """Return the chart of a sensor's period."""
    low, high = _range(sensor)
    scale = Scale(to_epoch_us(start), to_epoch_us(end), low, high)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
            f'font-family="{FONTS}" font-size="7" fill="{AXIS}">'
        ),
        *_gaps(sensor, scale),
        *_bands(((each.start, each.end) for each in sensor.excursions), scale, f'fill="{EXCURSION}"'),
        *_value_axis(scale, notation),
        *_time_axis(start, end, zone, scale, notation),
        *_line(sensor, scale),
        *_limits(sensor, scale, notation),
        *_extremes(sensor, scale),
        _frame(),
        "</svg>",
    ]
    return "".join(parts)


def _range(sensor: SensorReport) -> tuple[float, float]:
    """Return the lowest and highest temperature of the axis: all readings and all limits, with a margin."""
    values = [limit.threshold for limit in sensor.limits]
    values += [extreme.temperature for extreme in (sensor.minimum, sensor.maximum) if extreme]
    low, high = min(values, default=0.0), max(values, default=10.0)
    margin = max((high - low) * 0.08, 0.5)
    return low - margin, high + margin


def _bands(periods: Iterable[tuple[datetime, datetime]], scale: Scale, style: str) -> Iterator[str]:
    """Draw periods over the whole height. Those that touch each other become one."""
    spans = sorted((scale.x(to_epoch_us(start)), scale.x(to_epoch_us(end))) for start, end in periods)
    merged: list[tuple[float, float]] = []
    for left, end in spans:
        right = max(end, left + MIN_BAND)
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    for left, right in merged:
        yield (
            f'<rect x="{left:.2f}" y="{TOP:g}" width="{min(right, WIDTH - RIGHT) - left:.2f}" '
            f'height="{HEIGHT - TOP - BOTTOM:g}" {style}/>'
        )


def _gaps(sensor: SensorReport, scale: Scale) -> Iterator[str]:
    """Draw gaps grey and hatched, so that they differ from excursions also without colours."""
    yield (
        '<defs><pattern id="gap" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<rect width="5" height="5" fill="{GAP}"/>'
        f'<path d="M-1 1L1 -1M0 5L5 0M4 6L6 4" stroke="{HATCH}" stroke-width="0.5"/></pattern></defs>'
    )
    yield from _bands(((gap.start, gap.end) for gap in sensor.gaps), scale, 'fill="url(#gap)"')


def _value_axis(scale: Scale, notation: Notation) -> Iterator[str]:
    ticks = value_ticks(scale.low, scale.high)
    decimals = max(notation.decimals(tick) for tick in ticks)
    for tick in ticks:
        y = scale.y(tick)
        number = notation.number(tick, decimals)
        label = f"{number} °C" if tick == ticks[-1] else number
        yield f'<path d="M{LEFT:g} {y:.2f}H{WIDTH - RIGHT:g}" stroke="{GRID}" stroke-width="0.5"/>'
        yield f'<text x="{LEFT - 4:g}" y="{y + 2.4:.2f}" text-anchor="end">{escape(label)}</text>'


def _time_axis(
    start: datetime, end: datetime, zone: ZoneInfo, scale: Scale, notation: Notation
) -> Iterator[str]:
    bottom = HEIGHT - BOTTOM
    changes = clock_changes(start, end, zone)
    for change in changes if len(changes) <= MAX_CLOCK_CHANGES else ():
        x = scale.x(to_epoch_us(change))
        label = f"UTC{format_offset(change)}"
        style = f'stroke="{AXIS}" stroke-width="0.5" stroke-dasharray="1 2"'
        yield f'<path d="M{x:.2f} {TOP:g}V{bottom:g}" {style}/>'
        yield f'<text x="{x:.2f}" y="{TOP - 3:g}" text-anchor="middle" font-size="6">{label}</text>'
    for tick in time_ticks(start, end, zone, notation):
        x = scale.x(to_epoch_us(tick.at))
        yield f'<path d="M{x:.2f} {TOP:g}V{bottom:g}" stroke="{GRID}" stroke-width="0.5"/>'
        yield f'<path d="M{x:.2f} {bottom:g}v3" stroke="{AXIS}" stroke-width="0.6"/>'
        yield f'<text x="{x:.2f}" y="{bottom + 10.5:g}" text-anchor="middle">{escape(tick.label)}</text>'
        yield f'<text x="{x:.2f}" y="{bottom + 19:g}" text-anchor="middle">{escape(tick.context)}</text>'


def _limits(sensor: SensorReport, scale: Scale, notation: Notation) -> Iterator[str]:
    limits = sorted(
        {(limit.threshold, limit.is_excursion, limit.kind) for limit in sensor.limits}, reverse=True
    )
    labels = _spread([scale.y(threshold) for threshold, _, _ in limits])
    for (threshold, is_outer, kind), label_y in zip(limits, labels, strict=True):
        y, colour = scale.y(threshold), OUTER_LIMIT if is_outer else LIMIT
        sign = "≤" if kind == "high" else "≥"
        dashes = "2 2" if is_outer else "5 2"
        yield (
            f'<path d="M{LEFT:g} {y:.2f}H{WIDTH - RIGHT:g}" stroke="{colour}" stroke-width="0.8" '
            f'stroke-dasharray="{dashes}"/>'
        )
        yield (
            f'<text x="{WIDTH - RIGHT + 4:g}" y="{label_y + 2.4:.2f}" fill="{colour}">'
            f"{sign} {escape(notation.exact(threshold))} °C</text>"
        )


def _spread(positions: list[float]) -> list[float]:
    """Return positions of labels, in order, such that none covers the one before."""
    spread: list[float] = []
    for position in positions:
        spread.append(max(position, spread[-1] + LABEL_HEIGHT) if spread else position)
    overflow = max(0.0, spread[-1] - (HEIGHT - 4)) if spread else 0.0
    return [position - overflow for position in spread]


def _line(sensor: SensorReport, scale: Scale) -> Iterator[str]:
    """Draw the readings, with a break at each gap. A reading between two gaps is a dot."""
    samples = sensor.samples
    cuts = sorted({bisect_right(samples.times, to_epoch_us(gap.start)) for gap in sensor.gaps})
    for first, last in pairwise([0, *cuts, len(samples)]):
        points = [f"{x:.2f} {y:.2f}" for x, y in _points(samples, first, last, scale)]
        if points:
            path = "L".join(points) if len(points) > 1 else f"{points[0]}h0.01"
            yield (
                f'<path d="M{path}" fill="none" stroke="{LINE}" stroke-width="0.9" '
                'stroke-linejoin="round" stroke-linecap="round"/>'
            )


def _points(samples: Samples, first: int, last: int, scale: Scale) -> Iterator[tuple[float, float]]:
    """Return the points of the readings from `first` to before `last`: of each column at most four."""
    columns = round((WIDTH - LEFT - RIGHT) / COLUMN)
    duration = scale.end - scale.start
    index = first
    while index < last:
        column = min(max((samples.times[index] - scale.start) * columns // duration, 0), columns - 1)
        limit = scale.start - (-(column + 1) * duration // columns)
        following = max(bisect_left(samples.times, limit, index, last), index + 1)
        if column == columns - 1:
            following = last
        for each in _outline(samples.temperatures, index, following):
            yield scale.x(samples.times[each]), scale.y(samples.temperatures[each])
        index = following


def _outline(temperatures: Sequence[float], first: int, last: int) -> list[int]:
    """Return the indexes of the first, the lowest, the highest and the last temperature, in their order."""
    if last - first <= 4:  # noqa: PLR2004 - the four that are kept of more
        return list(range(first, last))
    part = temperatures[first:last]
    return sorted({first, first + part.index(min(part)), first + part.index(max(part)), last - 1})


def _extremes(sensor: SensorReport, scale: Scale) -> Iterator[str]:
    for extreme in (sensor.minimum, sensor.maximum):
        if extreme:
            x, y = scale.x(to_epoch_us(extreme.measured_at)), scale.y(extreme.temperature)
            style = f'fill="#ffffff" stroke="{LINE}" stroke-width="0.9"'
            yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.8" {style}/>'


def _frame() -> str:
    return (
        f'<path d="M{LEFT:g} {TOP:g}V{HEIGHT - BOTTOM:g}H{WIDTH - RIGHT:g}" fill="none" '
        f'stroke="{AXIS}" stroke-width="0.7"/>'
    )

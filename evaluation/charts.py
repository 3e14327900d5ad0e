"""The charts of the report, as SVG."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation.plan import FORECASTS, MOTES, OFFICE, RECALL, SPREAD
from evaluation.results import Results, Section
from evaluation.series import Series, motes, office

FOLDER = "evaluation"
MAX_INTERVALS = 3.5
SIZE_INCHES = (8.0, 4.0)
OURS, OTHERS, LINE, SHADE = "#1f6f8b", "#b9c4c9", "#c8553d", "#f3d9a4"
COLOURS = ("#1f6f8b", "#8fb9a8", "#b9c4c9", "#d9a441")
Draw = Callable[[Figure, Section], None]


def paths(results: Results) -> dict[str, list[str]]:
    """Return the charts of all measured sections by section: their paths, relative to the report."""
    drawn: dict[str, list[str]] = {}
    for name, section in _drawn(results):
        drawn.setdefault(section, []).append(f"{FOLDER}/{name}.svg")
    return drawn


def draw(results: Results, directory: Path) -> None:
    """Draw the charts of all measured sections into a directory."""
    for name, section in _drawn(results):
        _, chart = CHARTS[name]
        figure = Figure(figsize=SIZE_INCHES, layout="constrained")
        chart(figure, results[section])
        for axes in figure.axes:
            axes.spines[["top", "right"]].set_visible(False)
        # Reproducibly: without a date, and with IDs that are derived from the file's name.
        with rc_context({"svg.hashsalt": name}):
            figure.savefig(directory / f"{name}.svg", metadata={"Date": None})


def _drawn(results: Results) -> Iterator[tuple[str, str]]:
    for name, (section, _) in CHARTS.items():
        if section in results and results[section].curves:
            yield name, section


def recall(figure: Figure, section: Section) -> None:
    """Draw the recall of each kind: a bar per method, with its interval."""
    axes = figure.add_subplot()
    axes.set_title("Injected anomalies that were found", loc="left")
    kinds: list[str] = section.curves["kinds"]
    methods: dict[str, list[tuple[float, float, float]]] = section.curves["methods"]
    width = 0.8 / len(methods)
    for place, (method, values) in enumerate(methods.items()):
        positions = [number + (place - (len(methods) - 1) / 2) * width for number in range(len(kinds))]
        shares = [share for share, _, _ in values]
        errors = [
            [max(0.0, share - low) for share, low, _ in values],
            [max(0.0, high - share) for share, _, high in values],
        ]
        axes.bar(positions, shares, width * 0.92, color=COLOURS[place % len(COLOURS)], label=method)
        axes.errorbar(positions, shares, yerr=errors, fmt="none", color="black", capsize=2, linewidth=0.7)
    axes.axhline(0.95, color=LINE, linestyle="--", linewidth=0.8)
    axes.set_xticks(range(len(kinds)), kinds)
    axes.set_ylim(0, 1.05)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    figure.legend(loc="outside lower center", ncols=len(methods), frameon=False, fontsize="small")


def band(figure: Figure, section: Section) -> None:
    """Draw a week of the office with the forecasts that were made six hours before."""
    axes = figure.add_subplot()
    axes.set_title("Office: a week, and what was forecast for it 6 hours before", loc="left")
    rows: list[list[float]] = section.curves["band"]
    times = [_date(row[0]) for row in rows]
    axes.fill_between(
        times, [row[3] for row in rows], [row[4] for row in rows], color=OTHERS, alpha=0.6, label="95 %"
    )
    axes.plot(times, [row[2] for row in rows], color=OURS, linewidth=1, label="forecast")
    axes.plot(times, [row[1] for row in rows], color="black", linewidth=1, label="measured")
    _finish(axes)


def office_alarms(figure: Figure, section: Section) -> None:
    """Draw the temperature of the office, the labelled windows and the alarms."""
    axes = figure.add_subplot()
    axes.set_title("Office: detected anomalies, and the labelled windows (shaded)", loc="left")
    _alarms(axes, office(), section.curves["alarms"])
    _finish(axes)


def mote_alarms(figure: Figure, section: Section) -> None:
    """Draw each mote with its labelled events and its alarms."""
    series = motes()
    figure.set_size_inches(SIZE_INCHES[0], 1.6 * len(series))
    grid = figure.subplots(len(series), 1, sharex=True)
    for axes, each in zip(grid, series, strict=True):
        _alarms(axes, each, section.curves["alarms"].get(each.name, []))
        axes.set_title(each.name, loc="left", fontsize="small")
        axes.set_ylabel("°C")
        axes.xaxis.set_major_formatter(lambda value, _: _clock(value))
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize="small")


def spread(figure: Figure, section: Section) -> None:
    """Draw the scores of all settings and those of random alarms."""
    axes = figure.add_subplot()
    axes.set_title("Office: NAB score of each set of parameters that passes the simulation", loc="left")
    scores: list[float] = section.curves["scores"]
    axes.hist(section.curves["random"], bins=40, color=OTHERS, label="random alarms, 300 seeds")
    heights = [1.0 + place % 6 * 1.5 for place in range(len(scores))]
    axes.plot(scores, heights, "o", color=OURS, label="other settings")
    axes.axvline(section.curves["shipped"], color=LINE, label="shipped")
    axes.set_xlabel("score; 0: no alarms, 100: perfect")
    axes.set_ylabel("number of random seeds")
    axes.legend(frameon=False)


def _alarms(axes: Axes, series: Series, alarms: Sequence[Sequence[Any]]) -> None:
    values = [reading.temperature for reading in series.readings]
    axes.plot(*_with_gaps(series), color=OURS, linewidth=0.6, label="temperature")
    for number, window in enumerate(series.windows):
        label = "" if number else "labelled"
        axes.axvspan(_date(window.started_at), _date(window.ended_at), color=SHADE, zorder=0, label=label)
    by_time = dict(zip((reading.measured_at for reading in series.readings), values, strict=True))
    found = [(at, by_time[at]) for at, *_ in alarms if at in by_time]
    axes.plot(
        [_date(at) for at, _ in found], [v for _, v in found], "v", color=LINE, markersize=6, label="detected"
    )


def _with_gaps(series: Series) -> tuple[list[Any], list[float]]:
    """Return times and temperatures for a line that is interrupted where readings are missing."""
    times: list[Any] = []
    values: list[float] = []
    longest = MAX_INTERVALS * series.interval_seconds
    before = series.readings[0].measured_at
    for at, temperature in series.readings:
        if at - before > longest:
            times.append(_date(before))
            values.append(math.nan)
        times.append(_date(at))
        values.append(temperature)
        before = at
    return times, values


def _finish(axes: Axes) -> None:
    axes.set_ylabel("°C")
    axes.tick_params(axis="x", labelsize="small")
    axes.legend(frameon=False, ncols=3, fontsize="small")


def _date(at: float) -> Any:
    return datetime.fromtimestamp(at, UTC)


def _clock(days: float) -> str:
    minutes = round(days % 1 * 1440)
    return f"{minutes // 60}:{minutes % 60:02}"


CHARTS: dict[str, tuple[str, Draw]] = {
    "recall": (RECALL, recall),
    "band": (FORECASTS, band),
    "motes": (MOTES, mote_alarms),
    "office": (OFFICE, office_alarms),
    "spread": (SPREAD, spread),
}

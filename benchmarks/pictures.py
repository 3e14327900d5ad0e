"""The results as SVG charts."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

from matplotlib import color_sequences, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.curves import curves
from benchmarks.figures import BATCHES_BOUND
from benchmarks.plan import BATCHES, CONSUMERS, LOAD, MEMORY, OFFERED, PUBLISHING, SINGLE
from benchmarks.results import Results

SIZE_INCHES = (8.0, 4.0)
OURS, OTHERS, LINE = "#1f6f8b", "#b9c4c9", "#c8553d"
OUR_KEYS = ("project", "sensor", "import")
Draw = Callable[[Axes, Results], None]


def draw(results: Results, directory: Path) -> dict[str, dict[str, str]]:
    """Draw the charts of all measured sections; return their titles by section and path from the report."""
    directory.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, dict[str, str]] = {}
    for name, (section, title, picture) in PICTURES.items():
        if not results.values.get(section):
            continue
        figure = Figure(figsize=SIZE_INCHES, layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(title, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        picture(axes, results)
        _save(figure, directory / f"{name}.svg")
        drawn.setdefault(section, {})[f"pictures/{name}.svg"] = title
    return drawn


def _save(figure: Figure, path: Path) -> None:
    """Save it reproducibly: without a date, and with IDs that are derived from the file's name."""
    with rc_context({"svg.hashsalt": path.stem}):
        figure.savefig(path, metadata={"Date": None})


def bars(section: str) -> Draw:
    """Draw a bar per contender, with the lowest and the highest round."""

    def picture(axes: Axes, results: Results) -> None:
        for place, key in enumerate(reversed(list(results.keys(section)))):
            values = results.rounds(section, key)
            middle = median(values)
            ours = key in OUR_KEYS or section == CONSUMERS or key.isdecimal()
            axes.barh(place, middle, color=OURS if ours else OTHERS)
            axes.errorbar(
                middle, place, xerr=[[middle - min(values)], [max(values) - middle]], color="black", capsize=3
            )
            axes.annotate(f"  {middle:,.0f}", (max(values), place), va="center")
        titles = [results.title(section, key) for key in reversed(list(results.keys(section)))]
        axes.set_yticks(range(len(titles)), titles)
        axes.set_xlabel("messages per second")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.margins(x=0.12)

    return picture


def batches(axes: Axes, results: Results) -> None:
    """Draw bars and the serial bound of drain and COPY."""
    bars(BATCHES)(axes, results)
    bound = BATCHES_BOUND(results)
    if bound:
        axes.axvline(bound, color=LINE, linestyle="--", label="serial bound")
        axes.legend(frameon=False)


def latency(axes: Axes, results: Results) -> None:
    """Draw the percentiles of the latency against the offered rate."""
    for measure, style in (("p50", "-"), ("p95", "--"), ("p99", ":")):
        rates, values = _by_rate(results, measure)
        axes.plot(rates, values, style, color=OURS, marker="o", label=measure)
    _logarithmic(axes, "measurement to commit, ms")


def throughput(axes: Axes, results: Results) -> None:
    """Draw the stored rate against the offered rate."""
    rates, values = _by_rate(results, "stored")
    axes.plot(rates, rates, color=OTHERS, label="offered")
    axes.plot(rates, values, color=OURS, marker="o", label="stored")
    _logarithmic(axes, "readings per second")


def offered(measure: str, label: str) -> Draw:
    """Draw a measure of each mode and peer against the offered rate; peers are dashed."""

    def picture(axes: Axes, results: Results) -> None:
        axes.set_prop_cycle(color=color_sequences["tab20"])  # more curves than the default has colours
        for title, by_rate in curves(results, measure).items():
            ours = title.startswith("this project")
            axes.plot(list(by_rate), list(by_rate.values()), "-" if ours else "--", marker=".", label=title)
        _logarithmic(axes, label)
        axes.legend(frameon=False, fontsize="x-small", loc="center left", bbox_to_anchor=(1, 0.5))

    return picture


def processors(axes: Axes, results: Results) -> None:
    """Draw the CPU usage of each part against the offered rate."""
    _parts(axes, results, "cpu ")
    axes.set_ylabel("CPU, % of a core")


def megabytes(axes: Axes, results: Results) -> None:
    """Draw the memory of each part against the offered rate."""
    _parts(axes, results, "memory ")
    axes.set_ylabel("memory, MB")


def memory(axes: Axes, results: Results) -> None:
    """Draw the memory against the number of processed messages."""
    for name, colour in (("consumer", OURS), ("sensor", LINE)):
        curve = results.curves.get(f"{MEMORY}/{name}", [])
        axes.plot([point[0] for point in curve], [point[1] for point in curve], color=colour, label=name)
    axes.set_xlabel("messages processed")
    axes.set_ylabel("resident memory, MB")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def _parts(axes: Axes, results: Results, prefix: str) -> None:
    measures = {key.split("/", 1)[1] for key in results.keys(LOAD)}
    for measure in sorted(name for name in measures if name.startswith(prefix)):
        rates, values = _by_rate(results, measure)
        axes.plot(rates, values, marker="o", label=measure.removeprefix(prefix))
    _rates(axes)
    axes.legend(frameon=False)


def _by_rate(results: Results, measure: str) -> tuple[list[int], list[float]]:
    rates = sorted({int(key.split("/", 1)[0]) for key in results.keys(LOAD)})
    found = [(rate, results.median(LOAD, f"{rate}/{measure}")) for rate in rates]
    known = [(rate, value) for rate, value in found if value is not None]
    return [rate for rate, _ in known], [value for _, value in known]


def _logarithmic(axes: Axes, label: str) -> None:
    _rates(axes)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.set_ylabel(label)
    axes.legend(frameon=False)


def _rates(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("offered readings per second")


PICTURES: dict[str, tuple[str, str, Draw]] = {
    "single": (SINGLE, "One consumer at prefetch 1", bars(SINGLE)),
    "batches": (BATCHES, "Batches", batches),
    "consumers": (CONSUMERS, "Several consumers", bars(CONSUMERS)),
    "publishing": (PUBLISHING, "Publishing", bars(PUBLISHING)),
    "latency": (LOAD, "Latency against load, one consumer at prefetch 1", latency),
    "throughput": (LOAD, "Throughput against load, one consumer at prefetch 1", throughput),
    "offered": (OFFERED, "Stored against offered", offered("stored", "stored readings per second")),
    "delay": (OFFERED, "Median delay against offered", offered("p50", "measurement to commit, ms")),
    "cpu": (LOAD, "CPU against load", processors),
    "load-memory": (LOAD, "Memory against load", megabytes),
    "memory": (MEMORY, "Memory over a run", memory),
}

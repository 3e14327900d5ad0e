"""The results as pictures, each as PNG and SVG."""

from collections.abc import Callable
from pathlib import Path
from statistics import median

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.plan import BATCHES, CONSUMERS, LOAD, MEMORY, PUBLISHING, SINGLE
from benchmarks.results import Results
from benchmarks.targets import serial_bound

SIZE_INCHES = (8.0, 4.0)
DOTS_AN_INCH = 120
OURS, OTHERS, LINE = "#1f6f8b", "#b9c4c9", "#c8553d"
OUR_KEYS = ("project", "sensor", "import")
Draw = Callable[[Axes, Results], None]


def draw(results: Results, directory: Path) -> dict[str, list[str]]:
    """Draw what was measured; gives the pictures' names, without their endings, by section."""
    directory.mkdir(parents=True, exist_ok=True)
    drawn: dict[str, list[str]] = {}
    for name, (section, title, picture) in PICTURES.items():
        if not results.values.get(section):
            continue
        figure = Figure(figsize=SIZE_INCHES, dpi=DOTS_AN_INCH, layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(title, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        picture(axes, results)
        _save(figure, directory / name)
        drawn.setdefault(section, []).append(f"pictures/{name}")
    return drawn


def _save(figure: Figure, path: Path) -> None:
    """The same figures make the same files: without a date, and with ids that follow from the name."""
    with rc_context({"svg.hashsalt": path.name}):
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
        figure.savefig(path.with_suffix(".png"))


def bars(section: str) -> Draw:
    """A bar for each variant, with the lowest and the highest round."""

    def picture(axes: Axes, results: Results) -> None:
        for place, key in enumerate(reversed(list(results.keys(section)))):
            values = results.of(section, key)
            middle = median(values)
            ours = key in OUR_KEYS or section == CONSUMERS or key.isdecimal()
            axes.barh(place, middle, color=OURS if ours else OTHERS)
            axes.errorbar(
                middle, place, xerr=[[middle - min(values)], [max(values) - middle]], color="black", capsize=3
            )
            axes.annotate(f"  {middle:,.0f}", (max(values), place), va="center")
        titles = [results.title(section, key) for key in reversed(list(results.keys(section)))]
        axes.set_yticks(range(len(titles)), titles)
        axes.set_xlabel("messages a second")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.margins(x=0.12)

    return picture


def batches(axes: Axes, results: Results) -> None:
    """As `bars`, with the serial bound of drain and COPY."""
    bars(BATCHES)(axes, results)
    bound = serial_bound(results)
    if bound:
        axes.axvline(bound, color=LINE, linestyle="--", label="drain, then COPY")
        axes.legend(frameon=False)


def delay(axes: Axes, results: Results) -> None:
    """The delay's percentiles against the offered rate."""
    for measure, style in (("p50", "-"), ("p95", "--"), ("p99", ":")):
        rates, values = _by_rate(results, measure)
        axes.plot(rates, values, style, color=OURS, marker="o", label=measure)
    _logarithmic(axes, "measured to committed, ms")


def throughput(axes: Axes, results: Results) -> None:
    """What is stored against what is offered."""
    rates, values = _by_rate(results, "stored")
    axes.plot(rates, rates, color=OTHERS, label="offered")
    axes.plot(rates, values, color=OURS, marker="o", label="stored")
    _logarithmic(axes, "readings a second")


def processors(axes: Axes, results: Results) -> None:
    """CPU of each part against the offered rate."""
    _parts(axes, results, "cpu ")
    axes.set_ylabel("CPU, % of a core")


def megabytes(axes: Axes, results: Results) -> None:
    """Memory of each part against the offered rate."""
    _parts(axes, results, "memory ")
    axes.set_ylabel("memory, MB")


def memory(axes: Axes, results: Results) -> None:
    """Memory against the messages handled."""
    for name, colour in (("consumer", OURS), ("sensor", LINE)):
        curve = results.curves.get(f"{MEMORY}/{name}", [])
        axes.plot([point[0] for point in curve], [point[1] for point in curve], color=colour, label=name)
    axes.set_xlabel("messages handled")
    axes.set_ylabel("resident, MB")
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
    axes.set_xlabel("readings a second offered")


PICTURES: dict[str, tuple[str, str, Draw]] = {
    "single": (SINGLE, "One consumer at prefetch 1", bars(SINGLE)),
    "batches": (BATCHES, "Batches", batches),
    "consumers": (CONSUMERS, "Several consumers", bars(CONSUMERS)),
    "publishing": (PUBLISHING, "Publishing", bars(PUBLISHING)),
    "delay": (LOAD, "Delay against load, one consumer at prefetch 1", delay),
    "throughput": (LOAD, "Throughput against load, one consumer at prefetch 1", throughput),
    "cpu": (LOAD, "CPU against load", processors),
    "load-memory": (LOAD, "Memory against load", megabytes),
    "memory": (MEMORY, "Memory over a run", memory),
}

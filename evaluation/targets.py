"""The targets, and whether a figure meets them."""

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.plan import DRIFT, FALSE_ALARMS, FORECASTS, MOTES, OFFICE, RECALL
from evaluation.results import Results

AIM, MET, MISSED, NO_AIM, UNKNOWN = (
    "aim reached",
    "met",
    "**below target**",
    "aim not reached",
    "not measured",
)
Range = tuple[float, float]
ANY = float("inf")


@dataclass(frozen=True, kw_only=True)
class Target:
    """A range in which a figure of a section has to be, and one that is aimed at; None: there is none."""

    title: str
    section: str
    figure: str
    required: Range | None
    aim: Range | None = None
    digits: int = 3

    def value(self, results: Results) -> float | None:
        """Return the measured figure; None if it was not measured."""
        section = results.get(self.section)
        return section.figures.get(self.figure) if section else None

    def status(self, value: float | None) -> str:
        """Return whether a figure meets the target, as a word."""
        if value is None:
            return UNKNOWN
        if self.required and not self.required[0] <= value <= self.required[1]:
            return MISSED
        if self.aim and self.aim[0] <= value <= self.aim[1]:
            return AIM
        return MET if self.required else NO_AIM

    def row(self, results: Results) -> list[str]:
        """Return the row of the table of targets."""
        value = self.value(results)
        shown = "" if value is None else f"{value:.{self.digits}f}"
        return [self.title, _text(self.required), _text(self.aim), shown, self.status(value)]


def _text(bounds: Range | None) -> str:
    if bounds is None:
        return ""
    low, high = bounds
    if high == ANY:
        return f"≥ {low:g}"
    return f"≤ {high:g}" if low == -ANY else f"{low:g} to {high:g}"


def _at_least(
    title: str, section: str, figure: str, required: float | None, aim: float | None = None
) -> Target:
    return Target(
        title=title,
        section=section,
        figure=figure,
        required=None if required is None else (required, ANY),
        aim=None if aim is None else (aim, ANY),
    )


def _at_most(title: str, section: str, figure: str, required: float | None, aim: float) -> Target:
    bounds = None if required is None else (-ANY, required)
    return Target(title=title, section=section, figure=figure, required=bounds, aim=(-ANY, aim))


def _between(title: str, section: str, figure: str, required: Range, aim: Range | None = None) -> Target:
    return Target(title=title, section=section, figure=figure, required=required, aim=aim)


def _targets() -> Iterator[Target]:
    yield from _recall_targets()
    yield from _false_alarm_targets()
    yield from _forecast_targets()
    yield _at_least("motes: events found, of 2", MOTES, "found", 2)
    yield _at_most("motes: false alarms per 1,000 readings", MOTES, "per 1000", 1.0, 0.3)
    yield _at_most("motes: readings until an event is found, the later event", MOTES, "delay", None, 3)
    title = "office: NAB score, distance from the 95th percentile of random alarms"
    yield _at_least(title, OFFICE, "margin", 0.0)
    yield _at_least("office: NAB score, standard profile", OFFICE, "score", None, 60.0)


def _recall_targets() -> Iterator[Target]:
    for kind in ("spike", "stuck", "dropout", "level-shift"):
        yield _at_least(f"recall of {kind}", RECALL, kind, 0.95, 0.98)
    yield _at_least("recall of a spike of half the size", RECALL, "half-size spike", None, 0.95)
    yield _at_least("recall of drift, a sensor alone", DRIFT, "alone", 0.75, 0.85)
    yield _at_least("recall of drift, with neighbours", DRIFT, "neighbours", 0.90, 0.95)


def _false_alarm_targets() -> Iterator[Target]:
    title = "false alarms per sensor and day on clean signals, the kind of signal with the "
    for figure, which in (("lowest", "fewest"), ("highest", "most")):
        yield _between(title + which, FALSE_ALARMS, figure, (0.05, 0.15))
    title = "… on the first day of a sensor, the kind of signal with the most"
    yield _at_most(title, FALSE_ALARMS, "first day", None, 0.15)


def _forecast_targets() -> Iterator[Target]:
    covered, aimed = (0.93, 0.97), (0.945, 0.955)
    for horizon in ("1 h", "6 h", "24 h"):
        title = f"coverage of the 95 % interval, office, {horizon}"
        yield _between(title, FORECASTS, f"coverage office {horizon}", covered, aimed)
    for end in ("lowest", "highest"):
        title = f"coverage of the 95 % interval, next reading of a mote, the {end}"
        yield _between(title, FORECASTS, f"coverage motes {end}", covered, aimed)
    yield _at_least("skill over the last value, office, 1 h", FORECASTS, "skill office 1 h", 0.10)
    yield _at_least("skill over the last value, office, 6 h", FORECASTS, "skill office 6 h", 0.28)
    yield _at_least("skill over the last value, the worst anywhere", FORECASTS, "skill worst", -0.02)


TARGETS = tuple(_targets())

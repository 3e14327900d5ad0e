"""The results: one value per contender and round, with titles, curves, notes and conditions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from statistics import median, quantiles

Curve = list[tuple[float, float]]
LARGE = 100


@dataclass
class Results:
    """Values by section and key, titles of the keys, notes on what is missing and why, and conditions.

    Values, notes and conditions are by section; the names of titles and curves begin with it.
    """

    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    conditions: dict[str, str] = field(default_factory=dict)

    def add(self, section: str, key: str, value: float, title: str | None = None) -> None:
        """Add the value of a round."""
        self.values.setdefault(section, {}).setdefault(key, []).append(value)
        if title:
            self.titles[f"{section}/{key}"] = title

    def order_keys(self, section: str, order: Sequence[str]) -> None:
        """Put the keys of a section into this order, followed by all others."""
        found = self.values.get(section, {})
        known = [key for key in order if key in found]
        self.values[section] = {key: found[key] for key in dict.fromkeys([*known, *found])}

    def add_note(self, section: str, note: str) -> None:
        """Add a note for the reader, unless it is present."""
        notes = self.notes.setdefault(section, [])
        if note not in notes:
            notes.append(note)

    def replace(self, section: str, newer: "Results") -> None:
        """Put everything of a section of `newer` in place of what is here of it."""
        for part in fields(self):
            mine, its = getattr(self, part.name), getattr(newer, part.name)
            kept = {name: value for name, value in mine.items() if not _is_of(name, section)}
            mine.clear()
            mine.update(kept | {name: value for name, value in its.items() if _is_of(name, section)})

    def title(self, section: str, key: str) -> str:
        """Return the title of a key."""
        return self.titles.get(f"{section}/{key}", key)

    def rounds(self, section: str, key: str) -> list[float]:
        """Return the values of all rounds; empty if it was not measured."""
        return self.values.get(section, {}).get(key, [])

    def median(self, section: str, key: str) -> float | None:
        """Return the median of the rounds."""
        values = self.rounds(section, key)
        return median(values) if values else None

    def keys(self, section: str) -> Iterator[str]:
        """Yield the keys of a section in order."""
        yield from self.values.get(section, {})


def _is_of(name: str, section: str) -> bool:
    return name.partition("/")[0] == section


def number(value: float) -> str:
    """Format a number with three significant digits, or all digits before the decimal point."""
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3g}"


def ratio(upper: list[float], lower: list[float]) -> float | None:
    """Return the ratio of the medians; None if one is missing or the divisor is 0."""
    if not upper or not lower or not median(lower):
        return None
    return median(upper) / median(lower)


def ratios(upper: list[float], lower: list[float]) -> list[float]:
    """Return the ratio within each round, whose range shows how reliable the ratio of the medians is."""
    return [a / b for a, b in zip(upper, lower, strict=False) if b]


def percentile(values: list[float], percent: int) -> float:
    """Return a percentile of the values."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def serial_rate(*rates: float | None) -> float | None:
    """Return the rate of doing several steps one after the other, each of which has its own rate."""
    known = [rate for rate in rates if rate]
    return 1 / sum(1 / rate for rate in known) if len(known) == len(rates) else None

"""What was measured: for each thing one value a round, and what to know about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

Curve = list[tuple[float, float]]


@dataclass
class Results:
    """Values by section and key; `titles` name the keys for people, `notes` tell what is missing and why."""

    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, section: str, key: str, value: float, title: str | None = None) -> None:
        """One more round's value."""
        self.values.setdefault(section, {}).setdefault(key, []).append(value)
        if title:
            self.titles[f"{section}/{key}"] = title

    def arrange(self, section: str, order: Sequence[str]) -> None:
        """Put a section's keys into this order; others follow."""
        found = self.values.get(section, {})
        known = [key for key in order if key in found]
        self.values[section] = {key: found[key] for key in dict.fromkeys([*known, *found])}

    def note(self, sentence: str) -> None:
        """Something that a reader of the figures has to know; told once."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def title(self, section: str, key: str) -> str:
        """The key for people."""
        return self.titles.get(f"{section}/{key}", key)

    def of(self, section: str, key: str) -> list[float]:
        """The values of all rounds; none if it was not measured."""
        return self.values.get(section, {}).get(key, [])

    def median(self, section: str, key: str) -> float | None:
        """The middle of the rounds."""
        values = self.of(section, key)
        return median(values) if values else None

    def keys(self, section: str) -> Iterator[str]:
        """What was measured in a section, in its order."""
        yield from self.values.get(section, {})


def ratio(upper: list[float], lower: list[float]) -> float | None:
    """The ratio of the medians; None when one of them is missing or nothing."""
    if not upper or not lower or not median(lower):
        return None
    return median(upper) / median(lower)


def ratios(upper: list[float], lower: list[float]) -> list[float]:
    """The ratio within each round, which tells how sure the ratio of the medians is."""
    return [a / b for a, b in zip(upper, lower, strict=False) if b]


def percentile(values: list[float], percent: int) -> float:
    """The value that so many per cent of the values do not exceed."""
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def serial(*rates: float | None) -> float | None:
    """The rate of doing things one after the other, each of which has its own rate."""
    known = [rate for rate in rates if rate]
    return 1 / sum(1 / rate for rate in known) if len(known) == len(rates) else None

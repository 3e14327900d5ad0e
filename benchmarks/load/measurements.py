"""What a run counts and measures, by protocol and rate."""

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles
from typing import NamedTuple
from uuid import UUID

from benchmarks.load.options import Protocol


class Percentiles(NamedTuple):
    """The median and the 99th percentile, in seconds."""

    p50: float
    p99: float


def percentiles(seconds: "array[float] | list[float]") -> Percentiles | None:
    """Return the percentiles of these durations; None without any."""
    if len(seconds) <= 1:
        return Percentiles(seconds[0], seconds[0]) if seconds else None
    cuts = quantiles(seconds, n=100, method="inclusive")
    return Percentiles(cuts[49], cuts[98])


@dataclass(slots=True)
class Published:
    """What was published by one protocol at one rate; `confirm_seconds` has a value per confirmed reading."""

    readings: int = 0
    confirm_seconds: "array[float]" = field(default_factory=lambda: array("d"))


@dataclass(slots=True)
class Measurements:
    """Collects what the connections report, and after how many seconds publishing ended.

    `on_confirm` and `on_failure` pass it on to Locust's page.
    """

    on_confirm: Callable[[Protocol, int, float], None] = lambda *_: None
    on_failure: Callable[[Protocol, str], None] = lambda *_: None
    published: dict[tuple[Protocol, int], Published] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    unconfirmed: list[UUID] = field(default_factory=list)
    seconds: float = 0.0

    def add_published(self, protocol: Protocol, stage: int) -> None:
        """Count a published reading."""
        self._at(protocol, stage).readings += 1

    def add_confirmed(self, protocol: Protocol, stage: int, seconds: float) -> None:
        """Record how long the broker took to confirm a reading."""
        self._at(protocol, stage).confirm_seconds.append(seconds)
        self.on_confirm(protocol, stage, seconds)

    def add_failure(self, protocol: Protocol, reason: str) -> None:
        """Count a lost or refused connection."""
        self.count_failure(f"{protocol}: {reason}")
        self.on_failure(protocol, reason)

    def count_failure(self, message: str) -> None:
        """Count a failure for the report."""
        self.failures[message] = self.failures.get(message, 0) + 1

    def readings(self, protocol: Protocol | None = None, stage: int | None = None) -> int:
        """Return how many readings were published, by all protocols and at all rates unless one is given."""
        return sum(published.readings for published in self._select(protocol, stage))

    def confirm_seconds(self, protocol: Protocol | None = None, stage: int | None = None) -> "array[float]":
        """Return how long each confirmed reading took, likewise."""
        selected = array("d")
        for published in self._select(protocol, stage):
            selected.extend(published.confirm_seconds)
        return selected

    @property
    def confirmed(self) -> int:
        """The number of confirmed readings."""
        return sum(len(published.confirm_seconds) for published in self.published.values())

    def _at(self, protocol: Protocol, stage: int) -> Published:
        return self.published.setdefault((protocol, stage), Published())

    def _select(self, protocol: Protocol | None, stage: int | None) -> list[Published]:
        return [
            published
            for (of_protocol, of_stage), published in self.published.items()
            if protocol in (None, of_protocol) and stage in (None, of_stage)
        ]

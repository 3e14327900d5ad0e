"""A target, and whether a run met it."""

from dataclasses import dataclass

from benchmarks.figures import Figure

MET, MISSED, UNKNOWN = "met", "missed", "not measured"


@dataclass(frozen=True)
class Target:
    """A figure and its bound: a minimum, or a maximum if `at_most`."""

    title: str
    bound: float
    unit: str
    figure: Figure
    at_most: bool = False

    @property
    def requirement(self) -> str:
        """The bound as text."""
        return f"{'≤' if self.at_most else '≥'} {self.bound:g} {self.unit}"

    def status(self, value: float | None) -> str:
        """Return whether the value meets the target."""
        if value is None:
            return UNKNOWN
        reached = value <= self.bound if self.at_most else value >= self.bound
        return MET if reached else MISSED

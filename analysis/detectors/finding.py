"""What a detector finds."""

from typing import NamedTuple

from analysis.anomaly import AnomalyKind


class Finding(NamedTuple):
    """An anomaly at one reading; its score is a multiple of the threshold, 1 or more."""

    kind: AnomalyKind
    started_at: float
    score: float
    observed: float
    expected: float
    lower: float
    upper: float
    reason: str


def describe_expected(lower: float, upper: float, decimals: int = 1) -> str:
    """Return the expected interval in words, such as `18.2 to 19.1 °C`."""
    low, high = f"{lower:.{decimals}f}", f"{upper:.{decimals}f}"
    return f"{low} °C" if low == high else f"{low} to {high} °C"


def decimals_for(size: float) -> int:
    """Return how many decimals show a difference of this size in K."""
    return 1 if size >= 1.0 else 2 if size >= 0.1 else 3  # noqa: PLR2004 (tenths, hundredths)

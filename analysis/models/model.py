"""What every model of a sensor's temperature offers."""

import math
from typing import ClassVar, Protocol

from analysis.forecast import Forecast
from analysis.models.intervals import Intervals


class UnknownModel(Exception):
    """There is no model of a requested kind, or it is not installed."""


class Model(Protocol):
    """Learns the temperature of one sensor and forecasts it.

    A model never sees the forecasts or the errors of another one.
    """

    kind: ClassVar[str]
    intervals: Intervals
    """The calibrated intervals, to which each error of a forecast is reported."""

    def learn(self, at: float, value: float, latest: tuple[float, float] | None = None) -> None:
        """Learn the mean of a half hour, or a reading where there are fewer.

        If given, forecasts start from `latest`: the time and value at the end of the half hour.
        """
        ...

    @property
    def origin(self) -> tuple[float, float]:
        """The time and value that forecasts start from; NaN before the first."""
        ...

    def start(self, at: float, value: float) -> None:
        """Start forecasts from a newer value than what was learned, until the next is learned."""
        ...

    def forecast(self, at: float) -> Forecast:
        """Return what is expected at a time that is later than what was learned.

        Raises:
            LookupError: Nothing was learned yet.
        """
        ...

    def state(self) -> bytes:
        """Return what `restore` accepts; at most 2 KB."""
        ...

    def restore(self, state: bytes) -> None:
        """Continue from a state.

        Raises:
            StateError: The state is damaged, of another kind, or of another version.
        """
        ...


class ForecastStart:
    """Where the forecasts of a model start, which is the same for each model."""

    __slots__ = ("_at", "_value")

    def __init__(self) -> None:
        self._at = self._value = math.nan

    @property
    def origin(self) -> tuple[float, float]:
        """The time and value that forecasts start from; NaN before the first."""
        return self._at, self._value

    def start(self, at: float, value: float) -> None:
        """Start forecasts from a newer value than what was learned, until the next is learned."""
        self._at, self._value = at, value

    def lead(self, at: float) -> float:
        """Return the seconds from the start to a time; 0 for an earlier one.

        Raises:
            LookupError: Nothing was learned yet.
        """
        if math.isnan(self._at):
            raise LookupError("No reading was learned yet.")
        return max(0.0, at - self._at)

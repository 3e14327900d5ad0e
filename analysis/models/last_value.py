"""The last value, to which every other model is compared."""

from typing import ClassVar

from analysis.binary import StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import ForecastParameters
from analysis.models.codec import seal, unseal
from analysis.models.intervals import Intervals
from analysis.models.model import ForecastStart

VERSION = 1


class LastValue(ForecastStart):
    """Expects that nothing changes."""

    kind: ClassVar[str] = "last-value"

    def __init__(self, parameters: ForecastParameters) -> None:
        super().__init__()
        self.intervals = Intervals(parameters.intervals)

    def learn(self, at: float, value: float, latest: tuple[float, float] | None = None) -> None:
        """Learn a value."""
        self.start(*(latest or (at, value)))

    def forecast(self, at: float) -> Forecast:
        """Return the last value.

        Raises:
            LookupError: Nothing was learned yet.
        """
        return self.intervals.around(self._value, self.lead(at))

    def state(self) -> bytes:
        """Return what `restore` accepts."""
        writer = StateWriter(VERSION)
        writer.numbers(self._at, self._value)
        self.intervals.write(writer)
        return seal(self.kind, writer)

    def restore(self, state: bytes) -> None:
        """Continue from a state."""
        reader = unseal(self.kind, state, VERSION)
        self._at, self._value = reader.numbers(2)
        self.intervals.read(reader)

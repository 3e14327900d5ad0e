"""How far ahead is forecast."""

from typing import NamedTuple

from analysis.forecast_parameters import BIN_SECONDS


class Horizon(NamedTuple):
    """A distance between a forecast and the reading that it is for."""

    name: str
    seconds: float

    @property
    def bins(self) -> int:
        """The distance in half hours."""
        return int(self.seconds / BIN_SECONDS)


STEP = Horizon("step", 0.0)
"""The next reading, whenever it is."""
FAR = (Horizon("1h", 3600.0), Horizon("6h", 6 * 3600.0), Horizon("24h", 24 * 3600.0))
"""The horizons that are forecast as often as a half hour ends."""
HORIZONS = (STEP, *FAR)

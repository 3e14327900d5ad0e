"""What is expected of a sensor at a time."""

from typing import NamedTuple


class Forecast(NamedTuple):
    """The expected temperature in °C, and the interval that holds the reading in 95 % of cases."""

    mean: float
    low: float
    high: float

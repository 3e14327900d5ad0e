"""The plausible range: temperatures outside it are faults of a sensor, and are kept out of every mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from readings.model import Reading
from readings.units import ABSOLUTE_ZERO, MAX_TEMPERATURE


class TemperatureRange(NamedTuple):
    """Bounds in °C, which belong to the range; None is no bound."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PlausibleRanges:
    """The installation's range, and the bounds that replace it for single sensors.

    The temperature is judged as the sensor sent it, before any calibration.
    """

    low: float = ABSOLUTE_ZERO
    high: float = MAX_TEMPERATURE
    sensors: Mapping[str, TemperatureRange] = field(default_factory=dict)

    def violation(self, reading: Reading) -> str | None:
        """Return which range the temperature is outside of, in words; None if it is plausible."""
        own = self.sensors.get(reading.sensor_id) if self.sensors else None
        low = self.low if own is None or own.low is None else own.low
        high = self.high if own is None or own.high is None else own.high
        if low <= reading.temperature <= high:
            return None
        owner = f"of sensor {reading.sensor_id}" if own else "(PLAUSIBLE_MIN, PLAUSIBLE_MAX)"
        return f"outside the plausible range {owner}, {low:.10g} to {high:.10g} °C"

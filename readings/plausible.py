"""The plausible range: temperatures outside it are faults of a sensor, and are kept out of every mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from readings.model import Reading
from readings.units import ABSOLUTE_ZERO, MAX_TEMPERATURE

# What other programs make of a DS18B20 that is not connected, and of a value of 16 bits that is missing.
_DISCONNECTED = -127.0
_FAULTS = {
    _DISCONNECTED: "a DS18B20 that is not connected",
    3276.7: "a missing value",
    6553.5: "a missing value",
}


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
        """Return why the temperature is not plausible, in words; None if it is.

        It is outside the range, or it stands for a fault, and no bound of a range includes it.
        """
        own = self.sensors.get(reading.sensor_id) if self.sensors else None
        low = self.low if own is None or own.low is None else own.low
        high = self.high if own is None or own.high is None else own.high
        if low <= reading.temperature <= high:
            is_unbounded = (low == ABSOLUTE_ZERO) if reading.temperature < 0 else (high == MAX_TEMPERATURE)
            fault = _FAULTS.get(reading.temperature) if is_unbounded else None
            return _fault_message(reading, fault) if fault else None
        owner = f"of sensor {reading.sensor_id}" if own else "(PLAUSIBLE_MIN, PLAUSIBLE_MAX)"
        return f"outside the plausible range {owner}, {low:.10g} to {high:.10g} °C"


def _fault_message(reading: Reading, fault: str) -> str:
    bound = "PLAUSIBLE_MIN" if reading.temperature < 0 else "PLAUSIBLE_MAX"
    return (
        f"{reading.temperature:g} °C stands for {fault}; if it was measured, set {bound}, or the range of "
        "the sensor, so that it includes it"
    )

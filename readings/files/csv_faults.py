"""Temperatures of a CSV file that stand for a fault of the sensor, unless its other values are near them."""

from readings.files.records import Record
from readings.units import ABSOLUTE_ZERO, to_celsius

POWER_ON = 85.0
# What programs write for a missing value, and for a DS18B20 that is not connected.
NO_TEMPERATURES = {
    ABSOLUTE_ZERO: "absolute zero, which programs write for a missing value",
    -127.0: "which programs write for a DS18B20 that is not connected",
    3276.7: "which programs write for a missing value",
    6553.5: "which programs write for a missing value",
}
MAX_STEP = 10.0  # K


class FaultCheck:
    """Finds numbers that stand for a missing value, and 85 °C far from the sensor's last value.

    A boiler passes 85 °C between others; a DS18B20 that was switched on does not. `keep` has numbers that the
    operator has confirmed. The rows of an export are readings as they are stored, and all pass.
    """

    def __init__(self, keep: tuple[float, ...] = ()) -> None:
        self._keep = keep
        self._last: dict[str | None, float] = {}

    def find(self, record: Record) -> str | None:
        """Return which fault the temperature of the next row stands for, in words; None if for none."""
        if record.temperature in self._keep or "reading_id" in record.extras:
            return None
        celsius = to_celsius(record.temperature, record.unit)
        fault = _find_fault(celsius, self._last.get(record.sensor))
        if fault is None:
            self._last[record.sensor] = celsius
            return None
        number = f"{record.temperature:.10g}"
        return (
            f"temperature is {number} {record.unit}, {fault}: set --missing {number} to leave it out, or "
            f"--keep {number} if it was measured"
        )


def _find_fault(celsius: float, last: float | None) -> str | None:
    if celsius in NO_TEMPERATURES:
        return NO_TEMPERATURES[celsius]
    if celsius != POWER_ON or (last is not None and abs(celsius - last) <= MAX_STEP):
        return None
    after = "in the first row" if last is None else f"after {last:.10g} °C"
    return f"{after}, which a DS18B20 reports when it was switched on"

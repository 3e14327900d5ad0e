"""Tables of sensors and calibrations."""

from collections.abc import Sequence

from rich.table import Table

from readings.sensor_changes import Calibration, SensorSettings
from sensorctl.output import format_time, safe_text, titled_table


def sensors_table(sensors: Sequence[SensorSettings]) -> Table:
    """Return a line per sensor."""
    table = Table("Sensor", "Name", "Location", "Calibration", "Plausible °C", "State", title="Sensors")
    for sensor in sensors:
        table.add_row(
            safe_text(sensor.sensor_id),
            safe_text(sensor.name or ""),
            safe_text(sensor.location or ""),
            _calibration(sensor),
            _range(sensor),
            safe_text(_state(sensor)),
        )
    return table


def sensor_table(sensor: SensorSettings) -> Table:
    """Return all that is set of a sensor."""
    interval = sensor.expected_interval_seconds
    table = Table("Sensor", "", show_header=False, box=None)
    for label, value in (
        ("sensor", sensor.sensor_id),
        ("name", sensor.name or "not set"),
        ("location", sensor.location or "not set"),
        ("note", sensor.note or "not set"),
        ("serial number", sensor.serial or "not set"),
        ("unit", sensor.unit.value if sensor.unit else "celsius"),
        ("expected interval", f"{interval:.10g} s" if interval else "the usual one"),
        ("plausible range", _range(sensor) or "PLAUSIBLE_MIN to PLAUSIBLE_MAX"),
        ("calibration", _calibration(sensor) or "none"),
        ("state", _state(sensor)),
    ):
        table.add_row(label, safe_text(value))
    return table


def calibrations_table(calibrations: Sequence[Calibration]) -> Table:
    """Return a line per calibration."""
    table = titled_table("Calibrations (times in UTC)", "From", "Offset in K", "Slope", "Set at", "By")
    for calibration in calibrations:
        table.add_row(
            format_time(calibration.valid_from),
            f"{calibration.offset:+.10g}",
            f"{calibration.slope:.10g}",
            format_time(calibration.created_at),
            safe_text(calibration.created_by),
        )
    return table


def _calibration(sensor: SensorSettings) -> str:
    parts = []
    if sensor.slope != 1:
        parts.append(f"slope {sensor.slope:.10g}")
    if sensor.offset:
        parts.append(f"{sensor.offset:+.10g} K")
    if parts and sensor.calibrated_from:
        parts.append(f"from {format_time(sensor.calibrated_from)} UTC")
    return " ".join(parts)


def _range(sensor: SensorSettings) -> str:
    low, high = (
        f"{bound:.10g}" if bound is not None else "…"
        for bound in (sensor.plausible_min, sensor.plausible_max)
    )
    return "" if (low, high) == ("…", "…") else f"{low} to {high}"


def _state(sensor: SensorSettings) -> str:
    if sensor.merged_into:
        return f"merged into {sensor.merged_into}"
    return f"retired {format_time(sensor.retired_at)} UTC" if sensor.retired_at else "monitored"

"""The readings of a report as CSV, which `sensorctl import` reads.

The figures are in the other formats.
"""

import csv
import re
from typing import IO

from readings.csv_columns import NUMBER
from readings.model import Unit
from reports.model import Report
from reports.render.local_times import LocalTimes

COLUMNS = ("sensor_id", "measured_at", "temperature", "unit")
# A spreadsheet takes a text that begins so as a formula.
FORMULA = re.compile(r"[=+\-@]")


def render_csv(report: Report, file: IO[str]) -> None:
    """Write a row per reading: local time with its offset, calibrated temperature in °C, exact.

    Raises:
        ZoneInfoNotFoundError: When the report's zone does not exist.
    """
    times = LocalTimes(report.request.time_zone)
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for sensor in report.sensors:
        sensor_id, samples = _not_formula(sensor.sensor_id), sensor.samples
        writer.writerows(
            (sensor_id, times.iso(at), repr(temperature), Unit.CELSIUS.value)
            for at, temperature in zip(samples.times, samples.temperatures, strict=True)
        )


def _not_formula(text: str) -> str:
    """Return the text so that a spreadsheet shows it as text; a number is shown as it is."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text

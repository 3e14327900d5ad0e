"""Readings of the files of loggers, with the options of an import."""

from typing import Any
from zoneinfo import ZoneInfo

from readings.files.csv_options import CsvOptions
from tests.unit.history import Imported

BERLIN = ZoneInfo("Europe/Berlin")


def imported(content: str | bytes, zone: ZoneInfo = BERLIN, **given: Any) -> Imported:
    return Imported(content, CsvOptions(**given), file_format="csv", zone=zone)


def readings(content: str | bytes, zone: ZoneInfo = BERLIN, **given: Any) -> list[tuple[str, str, float]]:
    """Return sensor, UTC time and °C of a file that has no invalid row."""
    result = imported(content, zone, **given)
    assert result.invalid == []
    return [(sensor, time.removesuffix("+00:00"), celsius) for sensor, time, celsius in result.values]

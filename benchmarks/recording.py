"""Recordings that sensors replay, so that the expected summary is known."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.database import SensorSummary

START = datetime(2026, 1, 1, tzinfo=UTC)


def temperatures(readings: int, sensor: int = 0) -> list[float]:
    """Return the temperatures that the sensor of this number measures, in order."""
    return [round(20 + (number * 37 + sensor * 11) % 1009 / 100, 2) for number in range(readings)]


def write_recording(file: Path, readings: int, sensor: int = 0) -> Path:
    """Write the temperatures to a CSV file."""
    rows = [
        f"{START + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ},{value}"
        for number, value in enumerate(temperatures(readings, sensor))
    ]
    file.write_text("\n".join(["timestamp,value", *rows, ""]), encoding="utf-8")
    return file


def expected_summary(readings: int, sensor: int = 0) -> SensorSummary:
    """Return the sensor's row of the summary once all readings are stored."""
    values = temperatures(readings, sensor)
    return SensorSummary(readings, min(values), sum(values) / readings, max(values), values[-1])

"""Recordings for sensors to replay, so that it is known beforehand what they will send."""

from pathlib import Path

from benchmarks.database import Measure


def temperatures(readings: int, sensor: int = 0) -> list[float]:
    """What a sensor of this number measures, one after the other."""
    return [round(20 + (number * 37 + sensor * 11) % 1009 / 100, 2) for number in range(readings)]


def write_recording(file: Path, readings: int, sensor: int = 0) -> Path:
    """Write them as a CSV file."""
    rows = [f"{number},{value}" for number, value in enumerate(temperatures(readings, sensor))]
    file.write_text("\n".join(["timestamp,value", *rows, ""]), encoding="utf-8")
    return file


def expected(readings: int, sensor: int = 0) -> Measure:
    """The sensor's line of the summary once all of them are stored."""
    values = temperatures(readings, sensor)
    return Measure(readings, min(values), sum(values) / readings, max(values), values[-1])

"""Builders of sensors with readings at given minutes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from reports.measures.sensor import measure_sensor
from reports.model import Preset, ReportLimit, ReportRequest, SensorInput, SensorReport
from reports.samples import Samples, to_epoch_us

START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FRIDGE = Preset(name="2-8", title="Refrigerated", low=2, high=8, source="USP <659>")
ROOM = Preset(
    name="room",
    title="Controlled room temperature",
    low=20,
    high=25,
    excursion_low=15,
    excursion_high=30,
    source="USP <659>",
)
FREEZER = Preset(name="freezer", title="Frozen", high=-18, is_frozen=True, source="Directive 89/108/EEC")


def high(threshold: float) -> ReportLimit:
    return ReportLimit(kind="high", threshold=threshold, source="request")


def low(threshold: float) -> ReportLimit:
    return ReportLimit(kind="low", threshold=threshold, source="request")


def at(minutes: float) -> datetime:
    return START + minutes * MINUTE


def samples(readings: Iterable[tuple[float, float]]) -> Samples:
    """Return readings of (minute, °C)."""
    return Samples.of((to_epoch_us(at(minute)), temperature) for minute, temperature in readings)


def request(minutes: float, **fields: Any) -> ReportRequest:
    given: dict[str, Any] = {"sensors": ("fridge",), "start": START, "end": at(minutes)}
    return ReportRequest(**given | fields)


def measure(
    readings: Iterable[tuple[float, float]],
    *limits: ReportLimit,
    minutes: float = 60,
    sensor: dict[str, Any] | None = None,
    **fields: Any,
) -> SensorReport:
    """Measure readings of (minute, °C) in a period that starts at START."""
    given = SensorInput(sensor_id="fridge", samples=samples(readings), **sensor or {})
    return measure_sensor(given, request(minutes, limits=limits, **fields))


def every(step: float, temperatures: Sequence[float]) -> list[tuple[float, float]]:
    """Return readings every so many minutes."""
    return [(index * step, temperature) for index, temperature in enumerate(temperatures)]

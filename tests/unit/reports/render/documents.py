"""Reports as documents, with figures that no test computes."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from reports.explanations import IntervalSource
from reports.model import (
    Cleaned,
    Extreme,
    Input,
    Outside,
    Report,
    ReportCalibration,
    ReportExcursion,
    ReportGap,
    ReportLimit,
    ReportRequest,
    SensorReport,
)
from reports.samples import Samples, to_epoch_us

START = datetime(2026, 3, 28, 22, tzinfo=UTC)
MADE_AT = datetime(2026, 11, 27, 12, 30, 15, tzinfo=UTC)
HIGH = ReportLimit(kind="high", threshold=8.0, source="limit 12 of the sensor")
EXCURSION = ReportExcursion(
    limit=HIGH,
    start=START + timedelta(hours=1),
    end=START + timedelta(hours=4, seconds=1),
    is_start_known=False,
    is_end_known=True,
    seconds=10_801.0,
    peak=9.25,
    peak_at=START + timedelta(hours=2),
    degree_minutes=112.5,
    acknowledged_by="ann",
    acknowledged_at=START + timedelta(hours=5),
    note="door",
)
GAP = ReportGap(start=START + timedelta(hours=6), end=START + timedelta(hours=36), seconds=108_000.0)
CALIBRATION = ReportCalibration(valid_from=START, slope=1.01, offset_kelvin=-0.2, set_by="ann")


def samples(readings: Iterable[tuple[datetime, float]]) -> Samples:
    return Samples.of((to_epoch_us(at), temperature) for at, temperature in readings)


def every_half_hour(count: int = 12) -> Samples:
    return samples((START + timedelta(minutes=30) * n, 4 + n / 8) for n in range(count))


def sensor(sensor_id: str = "fridge", readings: Samples | None = None, **fields: Any) -> SensorReport:
    found = every_half_hour() if readings is None else readings
    figures: dict[str, Any] = {
        "interval_seconds": 1800.0,
        "interval_source": IntervalSource.MEDIAN,
        "readings": len(found),
        "first_measured_at": START,
        "last_measured_at": START + timedelta(hours=5),
        "measured_seconds": 18_000.0,
        "coverage": 0.875,
        "minimum": Extreme(temperature=4.0, measured_at=START),
        "maximum": Extreme(temperature=9.25, measured_at=START + timedelta(hours=2)),
        "mean": 4.625,
        "standard_deviation": 0.75,
        "mean_kinetic_temperature": 4.6875,
        "mean_kinetic_temperature_of_readings": 4.7,
        "no_mean_kinetic_temperature": None,
        "outside": (Outside(limit=HIGH, seconds=90_061.0, degree_minutes=112.5, readings=4, excursions=1),),
        "excursions": (EXCURSION,),
        "gaps": (GAP,),
        "samples_sha256": "ab" * 32,
    }
    return SensorReport(sensor_id=sensor_id, samples=found, **figures | fields)


def report(*sensors: SensorReport, cleaned: tuple[Cleaned, ...] = (), **fields: Any) -> Report:
    included = sensors or (sensor(),)
    requested: dict[str, Any] = {
        "sensors": tuple(each.sensor_id for each in included),
        "start": START,
        "end": START + timedelta(hours=48),
        "time_zone": "Europe/Berlin",
        "title": "Vaccines",
        "requested_by": "ann",
    }
    readings = sum(each.readings for each in included)
    return Report(
        request=ReportRequest(**requested | fields),
        made_at=MADE_AT,
        program_version="0.1.0",
        inputs=(Input(name="a.csv", sha256="cd" * 32, bytes=1234, readings=readings, cleaned=cleaned),),
        sensors=included,
        document_sha256="ef" * 32,
    )

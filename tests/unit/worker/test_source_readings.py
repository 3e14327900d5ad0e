"""Values of a source become readings by the checks of any message; what fails them is counted."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from readings.ids import source_reading_id
from readings.model import Reading, Unit
from readings.plausible import PlausibleRanges, TemperatureRange
from worker.source_readings import SourceReadings
from worker.sources.model import Skipped, SourceValue

AT = datetime(2025, 7, 1, 12, 0, 0, 250_000, tzinfo=UTC)
IMPORT = uuid4()


def conversion(**options: object) -> SourceReadings:
    return SourceReadings(source="home", sensors={"sensor.attic": "attic"}, import_id=IMPORT, **options)  # type: ignore[arg-type]


def value(temperature: float = 20.5, unit: Unit = Unit.CELSIUS, at: datetime = AT) -> SourceValue:
    return SourceValue("sensor.attic", at, temperature, unit)


def test_a_value_becomes_a_reading_whose_identity_is_source_sensor_and_time() -> None:
    (reading,) = conversion().convert([value(at=AT.astimezone(timezone(timedelta(hours=-8))))])

    assert reading == Reading(source_reading_id("home", "attic", AT), "attic", AT, 20.5, import_id=IMPORT)


def test_the_identity_never_changes() -> None:
    identity = source_reading_id("home", "attic", AT)

    assert str(identity) == "29907792-56e5-5804-a7db-aee1dc77e037"
    assert identity.version == 5
    others = [
        ("garden", "attic", AT),
        ("home", "cellar", AT),
        ("home", "attic", AT + timedelta(microseconds=1)),
    ]
    assert identity not in {source_reading_id(*other) for other in others}


def test_a_revised_value_is_the_same_reading() -> None:
    first, second = conversion().convert([value(20.5), value(21.5)])

    assert first.reading_id == second.reading_id
    assert (first.temperature, second.temperature) == (20.5, 21.5)


@pytest.mark.parametrize(
    ("temperature", "unit", "celsius"),
    [(293.15, Unit.KELVIN, 20.0), (68, Unit.FAHRENHEIT, 20.0), (0.0, Unit.KELVIN, -273.15)],
)
def test_the_temperature_is_converted(temperature: float, unit: Unit, celsius: float) -> None:
    assert [reading.temperature for reading in conversion().convert([value(temperature, unit)])] == [celsius]


def test_what_is_no_reading_is_counted_with_its_reason_and_never_dropped_silently() -> None:
    readings = conversion(
        plausible=PlausibleRanges(-40, 60, {"attic": TemperatureRange(None, 50)}),
        retained_since=datetime(2025, 1, 1, tzinfo=UTC),
    )
    values: list[SourceValue | Skipped] = [
        Skipped("unavailable", 3),
        Skipped("unknown"),
        value(55),
        value(-300),
        value(float("nan")),
        value(at=datetime.now(UTC) + timedelta(hours=2)),
        value(at=datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC)),
        SourceValue("sensor.cellar", AT, 20, Unit.CELSIUS),
        value(20),
    ]

    assert [reading.temperature for reading in readings.convert(values)] == [20]
    assert readings.skipped == Counter(
        {
            "unavailable": 3,
            "unknown": 1,
            "implausible": 1,
            "invalid-field": 2,
            "future-time": 1,
            "past-retention": 1,
            "unknown sensor": 1,
        }
    )
    assert readings.example == (
        "temperature is 55 °C, outside the plausible range of sensor attic, -40 to 50 °C"
    )

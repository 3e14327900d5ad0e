"""The plausible range decides by the bounds of the sensor, and otherwise by those of the installation."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from readings.model import Reading
from readings.plausible import PlausibleRanges, TemperatureRange

RANGES = PlausibleRanges(
    -40, 60, {"furnace": TemperatureRange(None, 1200), "fridge": TemperatureRange(-5.5, 20)}
)


def reading(sensor_id: str = "office", temperature: float = 21.5) -> Reading:
    return Reading(uuid4(), sensor_id, datetime(2026, 11, 26, tzinfo=UTC), temperature)


@pytest.mark.parametrize(
    ("sensor", "temperature", "is_plausible"),
    [
        ("office", -40.0, True),
        ("office", 60.0, True),
        ("office", 85.0, False),
        ("office", -127.0, False),
        ("furnace", 1200.0, True),
        ("furnace", 9999.0, False),
        ("furnace", -41.0, False),  # the installation's lower bound
        ("fridge", 20.5, False),
        ("fridge", -5.5, True),
    ],
)
def test_bounds_belong_to_the_range_and_those_of_a_sensor_come_first(
    sensor: str, temperature: float, is_plausible: bool
) -> None:
    violation = RANGES.violation(reading(sensor_id=sensor, temperature=temperature))

    assert (violation is None) is is_plausible


def test_the_violation_names_the_range_and_where_it_is_set() -> None:
    outside = [
        RANGES.violation(reading(sensor_id=sensor, temperature=9999)) for sensor in ("office", "fridge")
    ]

    assert outside == [
        "outside the plausible range (PLAUSIBLE_MIN, PLAUSIBLE_MAX), -40 to 60 °C",
        "outside the plausible range of sensor fridge, -5.5 to 20 °C",
    ]


@pytest.mark.parametrize("temperature", [-273.15, -127.0, 85.0, 999.9, 3276.7, 9999.0, 10_000.0])
def test_the_default_range_accepts_whatever_is_physically_possible(temperature: float) -> None:
    assert PlausibleRanges().violation(reading(temperature=temperature)) is None

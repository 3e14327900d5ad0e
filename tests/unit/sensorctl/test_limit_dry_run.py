"""`sensorctl limit test` finds what the alerter would have found."""

from datetime import UTC, datetime
from typing import Any

import pytest

import sensorctl.limits.dry_run
from db.settings import DatabaseSettings
from limits.definition import define_limits
from limits.model import Reading
from readings.sensor_changes import SensorSettings
from sensorctl.limits.dry_run import find_excursions

MINUTE = 60.0
START = datetime(2026, 1, 5, tzinfo=UTC)
# Every ten minutes, and once after forty.
READINGS = [
    Reading(START.timestamp() + number * MINUTE, temperature)
    for number, temperature in [(0, 5), (10, 5), (20, 5), (30, 12), (70, 12), (80, 12), (90, 5)]
]
FRIDGE: dict[str, Any] = dict.fromkeys(SensorSettings.model_fields) | {
    "sensor_id": "fridge", "retired": False, "registered_at": START, "offset": 0.0, "slope": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("expected_interval", "end_reasons"), [(None, ["unknown", "recovered"]), (30 * MINUTE, ["recovered"])]
)
def test_a_gap_is_judged_by_the_expected_interval_of_the_sensor(
    monkeypatch: pytest.MonkeyPatch, expected_interval: float | None, end_reasons: list[str]
) -> None:
    sensor = SensorSettings(**FRIDGE | {"expected_interval_seconds": expected_interval})
    monkeypatch.setattr(sensorctl.limits.dry_run, "read_sensor", lambda *_: (sensor, []))
    monkeypatch.setattr(sensorctl.limits.dry_run, "stored_readings", lambda *_: iter(READINGS))

    number, rows = find_excursions(DatabaseSettings(), define_limits(sensor_id="fridge", high=8), START)

    assert number == len(READINGS)
    assert [row["end_reason"] for row in rows] == end_reasons

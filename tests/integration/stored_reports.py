"""Readings for reports in a real database: calibrated twice, partly late, over both changes of the clocks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from db.sensors import change_sensor, continue_changes
from readings.ids import derive_reading_id
from readings.model import Reading
from readings.sensor_changes import SensorChanges
from tests.database import Database
from tests.integration.rollups import insert

START, END = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 11, 1, tzinfo=UTC)
STEP = timedelta(hours=2, minutes=7, microseconds=13)
CALIBRATED = START + timedelta(days=100)


def readings(
    sensor: str, start: datetime = START - 3 * STEP, end: datetime = END + 3 * STEP
) -> list[Reading]:
    """Return readings in even steps, without two weeks."""
    times = [start + number * STEP for number in range((end - start) // STEP + 1)]
    values = [round(4 + 6 * ((number * 7919) % 1000) / 1000, 3) for number in range(len(times))]
    return [
        Reading(derive_reading_id(sensor, at, value), sensor, at, value)
        for at, value in zip(times, values, strict=True)
        if not 150 <= (at - START).days < 164
    ]


def save(database: Database, saved: Sequence[Reading]) -> None:
    """Store readings as consumers do."""
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO sensor (sensor_id) SELECT DISTINCT unnest(%s::text[]) ON CONFLICT DO NOTHING",
            ([reading.sensor_id for reading in saved],),
        )
        insert(connection, saved)


def store_history(database: Database, sensor: str = "fridge") -> list[Reading]:
    """Store a history of which one reading in ten arrives after its calibration; return it as it was sent."""
    sent = readings(sensor)
    save(database, [reading for number, reading in enumerate(sent) if number % 10])
    change_sensor(database.settings, "ann", sensor, SensorChanges(slope=1.02, offset=-0.3, since=CALIBRATED))
    continue_changes(database.settings)
    save(database, sent[::10][::-1])
    return sent


def calibrated(sent: Sequence[Reading]) -> list[tuple[datetime, float]]:
    """Return the times and the calibrated temperatures of what is in the period."""
    return [
        (at, value * 1.02 - 0.3 if at >= CALIBRATED else value)
        for _, _, at, value, *_ in sent
        if START <= at < END
    ]

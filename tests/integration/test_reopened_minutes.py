"""Readings of a time whose readings were dropped, while its minutes are kept: a minute that exists is final.

`RETENTION_DAYS` was increased, so that such readings are stored again.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from db.sensors import continue_changes, merge_sensor
from db.store import Store
from readings.model import Reading
from tests.database import Database
from tests.integration.rollups import close_hours

DAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=5)
MINUTES = "SELECT sensor_id, minute, readings, mean_temperature AS mean FROM reading_minute ORDER BY 2, 1"
HOURS = "SELECT sensor_id, readings FROM reading_hour ORDER BY hour, 1"


def readings(sensor_id: str, count: int, temperature: float = 20.0, minute: int = 0) -> list[Reading]:
    start = DAY + timedelta(minutes=minute, seconds=10 * int(sensor_id))
    return [Reading(uuid4(), sensor_id, start + timedelta(seconds=n), temperature) for n in range(count)]


def set_retention(database: Database, days: int, minutes_days: int | None = None) -> None:
    database.query("DELETE FROM retention")
    database.query("INSERT INTO retention VALUES (%s, %s)", days, minutes_days)
    database.query("SELECT drop_expired()")


def drop_and_extend(database: Database) -> None:
    """Drop the readings of DAY, and let them be stored again."""
    close_hours(database)
    set_retention(database, 2)
    assert database.count() == 0
    set_retention(database, 30)


def minutes(database: Database) -> list[tuple[Any, ...]]:
    return [(row["sensor_id"], row["readings"], row["mean"]) for row in database.query(MINUTES)]


@pytest.mark.parametrize("batch", [True, False], ids=["batch", "one by one"])
def test_dropped_readings_that_are_stored_again_are_not_counted_again(
    store: Store, database: Database, batch: bool
) -> None:
    sent = readings("1", 4)
    store.save(sent)
    drop_and_extend(database)
    before = {query: database.query(query) for query in (MINUTES, HOURS)}
    # when they are imported again, with one that was never stored of a minute that does not exist
    for part in [sent] if batch else [[reading] for reading in sent]:
        store.save(part)
    store.save(readings("1", 1, minute=1))
    # then they are stored, and only the new minute counts, also once everything is computed again
    for statement in ("SELECT", "SELECT rebuild_rollups('-infinity', 'infinity')"):
        database.query(statement)
        close_hours(database)
        assert database.count() == 5
        assert database.query(MINUTES)[:-1] == before[MINUTES]
        assert minutes(database)[-1] == ("1", 1, 20.0)
        assert database.query(HOURS) == [{"sensor_id": "1", "readings": 5}]


def test_a_minute_of_readings_that_were_never_stored_follows_its_readings_until_they_are_dropped(
    store: Store, database: Database
) -> None:
    store.save(readings("1", 1))
    drop_and_extend(database)
    # when readings are stored where no minute was, changed and deleted
    late = readings("2", 3)
    store.save(late[:2])
    store.save(late[2:])
    assert minutes(database) == [("1", 1, 20.0), ("2", 3, 20.0)]
    database.query("UPDATE reading SET temperature = 50 WHERE reading_id = %s", late[0].reading_id)
    database.query("DELETE FROM reading WHERE reading_id = %s", late[1].reading_id)
    assert minutes(database) == [("1", 1, 20.0), ("2", 2, 35.0)]
    # then their minute stays as it is when they are dropped, and stored once more
    drop_and_extend(database)
    store.save(late)
    close_hours(database)
    assert minutes(database) == [("1", 1, 20.0), ("2", 2, 35.0)]
    assert [row["readings"] for row in database.query(HOURS)] == [1, 2]


def test_an_hour_whose_minutes_are_dropped_again_is_final_again(store: Store, database: Database) -> None:
    store.save(readings("1", 1))
    close_hours(database)
    set_retention(database, 2, 2)
    set_retention(database, 30, 30)
    # given an hour of readings that were never stored before, which are dropped with their minutes
    late = readings("2", 3)
    store.save(late)
    close_hours(database)
    set_retention(database, 2, 2)
    set_retention(database, 30, 30)
    # when some of them are stored once more
    store.save(late[:1])
    close_hours(database)
    # then the hour stays as it is
    assert [row["readings"] for row in database.query(HOURS)] == [1, 3]


def test_a_merge_adds_up_minutes_of_dropped_readings_once(store: Store, database: Database) -> None:
    # given dropped minutes of both sensors, and their readings stored again, and new readings
    dropped = readings("1", 4) + readings("2", 2, 30.0, minute=1)
    store.save(dropped)
    drop_and_extend(database)
    store.save(dropped + readings("1", 3, minute=1) + readings("2", 5, 30.0))
    assert minutes(database) == [("1", 4, 20.0), ("2", 5, 30.0), ("1", 3, 20.0), ("2", 2, 30.0)]
    # when one is merged into the other, where a minute of either is final and that of the other is not
    merge_sensor(database.settings, "t", "1", "2")
    continue_changes(database.settings)
    # then each minute has the readings of both, and so have the hours
    assert [row[:2] for row in minutes(database)] == [("2", 9), ("2", 5)]
    close_hours(database)
    assert database.query(HOURS) == [{"sensor_id": "2", "readings": 14}]
    assert database.query("SELECT DISTINCT sensor_id FROM reading") == [{"sensor_id": "2"}]

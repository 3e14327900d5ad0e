"""Hours and days stay exact when what they were computed from is dropped."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from db.sensors import continue_changes, merge_sensor
from tests.database import Database
from tests.integration.rollups import close_hours, drop, fill, views


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def test_hours_and_days_stay_exact_when_what_they_were_computed_from_is_dropped(
    database: Database, zone: str
) -> None:
    before = fill(database, 9, zone)
    # when readings and minutes are dropped
    drop(database, 1, 3, None)
    after = views(database)
    assert len(after["reading_minute"]) < len(before["reading_minute"])
    assert database.count() <= 2 * 144
    assert after["reading_hour"] == before["reading_hour"]
    assert after["reading_day"] == before["reading_day"]
    # and everything is computed again that still can be
    database.query("SELECT reset_hours()")
    close_hours(database)
    assert views(database) == after
    # and hours are dropped
    drop(database, 1, 3, 5)
    last = views(database)
    assert 0 < len(last["reading_hour"]) < len(before["reading_hour"])
    assert last["reading_day"] == before["reading_day"]
    # then days whose hours are dropped keep their bounds when the zone is changed
    if zone in ("Asia/Kathmandu", "America/St_Johns"):
        with pytest.raises(psycopg.errors.InvalidParameterValue, match=f"a day in {zone} starts at"):
            database.query("SELECT set_time_zone('UTC')")
        return
    database.query("SELECT set_time_zone('Asia/Tokyo')")
    close_hours(database)
    days = views(database)["reading_day"]
    assert sum(day["readings"] for day in days) == sum(day["readings"] for day in before["reading_day"])
    assert days[0] == before["reading_day"][0]


def test_a_merge_loses_no_reading_of_the_day_whose_first_minutes_are_dropped(database: Database) -> None:
    # given two sensors, and days that start at 18:30 UTC, of which the minutes until 18:00 are dropped
    fill(database, 6, "Asia/Kolkata")
    database.query("INSERT INTO sensor (sensor_id) VALUES ('1'), ('2') ON CONFLICT DO NOTHING")
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), '2', measured_at + interval '5 minutes', temperature FROM reading"
    )
    close_hours(database)
    drop(database, 2, 2, None)
    before = readings_per_day(database)
    assert 2 * 144 in before.values()
    # when one is merged into the other
    merge_sensor(database.settings, "t", "2", "1")
    continue_changes(database.settings)
    # then each day has the readings of both, before and after its hours are computed again
    assert readings_per_day(database) == before
    close_hours(database)
    assert readings_per_day(database) == before


def readings_per_day(database: Database) -> dict[datetime, int]:
    rows = database.query("SELECT day, sum(readings)::int AS readings FROM reading_day GROUP BY day")
    return {row["day"]: row["readings"] for row in rows}


def test_minutes_are_not_dropped_before_their_hours_are_computed(database: Database) -> None:
    fill(database, 5)
    database.query("SELECT reset_hours()")
    drop(database, 1, 1, None)
    assert database.query("SELECT count(DISTINCT minute) > 700 AS kept FROM reading_minute") == [
        {"kept": True}
    ]
    close_hours(database)
    database.query("SELECT drop_expired()")
    assert database.query("SELECT count(DISTINCT minute) > 300 AS kept FROM reading_minute") == [
        {"kept": False}
    ]


def test_a_reading_older_than_the_retention_is_in_no_rollup(database: Database) -> None:
    before = fill(database, 5)
    drop(database, 1, None, None)
    store_at(database, "1", datetime.now(UTC) - timedelta(days=3))
    close_hours(database)
    assert views(database) == before


def test_after_a_longer_retention_is_set_only_missing_hours_are_added(database: Database) -> None:
    before = fill(database, 5)
    drop(database, 1, 1, None)
    database.query("DELETE FROM retention")
    moment = datetime.now(UTC) - timedelta(days=4)
    for sensor_id in ("1", "2", "2"):
        store_at(database, sensor_id, moment)
        close_hours(database)
    hours = database.query("SELECT * FROM reading_hour ORDER BY 1, 2")
    assert [hour for hour in hours if hour["sensor_id"] == "1"] == before["reading_hour"]
    assert [hour["readings"] for hour in hours if hour["sensor_id"] == "2"] == [2]


def store_at(database: Database, sensor_id: str, moment: datetime) -> None:
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "VALUES (gen_random_uuid(), %s, %s, 99)",
        sensor_id,
        moment,
    )


def test_closed_hours_and_days_are_read_without_minutes(database: Database) -> None:
    before = fill(database, 4)
    database.query("UPDATE rollup_minute SET readings = 7")
    today = datetime.now(UTC).date()
    closed = [
        hour
        for hour in views(database)["reading_hour"]
        if hour["hour"].astimezone(UTC).date() < today - timedelta(days=1)
    ]
    assert closed == before["reading_hour"][: len(closed)]
    assert len(closed) > 48


def test_a_zone_whose_days_cannot_be_computed_is_refused(database: Database) -> None:
    fill(database, 5)
    drop(database, 1, 1, None)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=r"Asia/Kathmandu starts at .* 18:15 UTC"):
        database.query("SELECT set_time_zone('Asia/Kathmandu')")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="not recognized"):
        database.query("SELECT set_time_zone('Mars/Olympus')")
    assert database.query("SELECT time_zone FROM rollup_state") == [{"time_zone": "UTC"}]

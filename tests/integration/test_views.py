"""The last-hour views compared with a computation in Python."""

import random
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from db.queries.server import Server
from db.queries.summary import Summary
from db.queries.time_shifts import TimeShift
from db.store import Store
from readings.ids import uuid7
from readings.model import Reading
from tests.database import Database
from tests.waiting import DEADLINE_SECONDS, eventually

HOUR = timedelta(hours=1)


def save(database: Database, *readings: Reading) -> None:
    store = Store(database.settings, "views")
    store.save(readings)
    store.close()


def at(measured_at: datetime, temperature: float, sensor_id: str = "1") -> Reading:
    return Reading(uuid7(), sensor_id, measured_at, temperature)


def expected(readings: list[Reading]) -> dict[str, Any]:
    values = [reading.temperature for reading in readings]
    last = max(readings, key=lambda reading: (reading.measured_at, reading.reading_id))
    return {
        "readings": len(readings),
        "min_temperature": min(values),
        "mean_temperature": pytest.approx(fmean(values)),
        "max_temperature": max(values),
        "last_temperature": last.temperature,
        "last_measured_at": last.measured_at,
    }


def test_without_readings_there_is_no_sensor_and_one_overall_row(database: Database) -> None:
    assert database.query("SELECT * FROM last_hour_summary") == []
    (overall,) = database.query("SELECT * FROM last_hour_overall")
    assert overall.pop("readings") == 0
    assert set(overall.values()) == {None}


def test_the_views_equal_a_computation_in_python(database: Database) -> None:
    rng = random.Random(5)
    now = datetime.now(UTC)
    readings = [
        at(now - timedelta(seconds=rng.uniform(-240, 7200)), round(rng.uniform(-30, 45), 3), sensor_id)
        for sensor_id in ("1", "2", "cellar", "ätic")
        for _ in range(300)
    ]
    # Leave out readings so close to the boundary that they could leave the hour during the test.
    readings = [r for r in readings if abs(now - r.measured_at - HOUR) > timedelta(seconds=60)]
    rng.shuffle(readings)
    save(database, *readings)

    recent = [reading for reading in readings if reading.measured_at > now - HOUR]
    rows = database.query("SELECT * FROM last_hour_summary")
    assert [row["sensor_id"] for row in rows] == sorted(
        {r.sensor_id for r in recent}, key=_collation(database)
    )
    for row in rows:
        own = [reading for reading in recent if reading.sensor_id == row["sensor_id"]]
        assert row == {"sensor_id": row["sensor_id"], "name": None, "location": None} | expected(own)
    assert database.query("SELECT * FROM last_hour_overall") == [expected(recent)]


def test_the_hour_starts_an_hour_ago_and_includes_readings_ahead_of_the_clock(database: Database) -> None:
    now = datetime.now(UTC)
    save(database, at(now - HOUR - timedelta(seconds=1), 1.0), at(now - HOUR + timedelta(seconds=60), 2.0),
         at(now + timedelta(minutes=4), 3.0))  # fmt: skip
    (row,) = database.query("SELECT * FROM last_hour_summary")
    assert (row["readings"], row["min_temperature"], row["last_temperature"]) == (2, 2.0, 3.0)


def test_both_views_agree_on_the_last_of_readings_with_the_same_time(database: Database) -> None:
    now = datetime.now(UTC)
    save(database, *(at(now, float(value)) for value in range(20)))
    (row,) = database.query("SELECT * FROM last_hour_summary")
    (overall,) = database.query("SELECT * FROM last_hour_overall")
    assert row["last_temperature"] == overall["last_temperature"]


def test_names_and_locations_are_shown_and_a_deleted_sensor_keeps_its_readings(database: Database) -> None:
    save(database, at(datetime.now(UTC), 20.0, "1"), at(datetime.now(UTC), 21.0, "2"))
    database.query("UPDATE sensor SET name = 'Kitchen', location = 'ground floor' WHERE sensor_id = '1'")
    database.query("DELETE FROM sensor WHERE sensor_id = '2'")
    rows = database.query("SELECT sensor_id, name, location, readings FROM last_hour_summary")
    assert [tuple(row.values()) for row in rows] == [
        ("1", "Kitchen", "ground floor", 1),
        ("2", None, None, 1),
    ]


def test_summary_reads_the_views(database: Database) -> None:
    save(database, at(datetime.now(UTC), 20.0, "1"), at(datetime.now(UTC), 22.0, "2"))
    summary = Summary(database.settings)
    try:
        assert summary.sensors() == database.query("SELECT * FROM last_hour_summary")
        assert summary.overall()["mean_temperature"] == pytest.approx(21.0)
    finally:
        summary.close()


def test_the_server_has_a_clock_and_a_version(database: Database) -> None:
    with closing(Server(database.settings)) as server:
        assert abs(server.time() - datetime.now(UTC).timestamp()) < 30
        assert server.version()[0].isdigit()


def test_a_lock_of_another_session_is_seen_unless_it_is_that_of_the_analysis(database: Database) -> None:
    database.query("SELECT lock_analysis()")
    with closing(Server(database.settings)) as server, database.connect() as other:
        eventually(lambda: not server.has_locks_of_others(), DEADLINE_SECONDS, "autovacuum is idle")
        with other.transaction():
            other.execute("INSERT INTO sensor (sensor_id) VALUES ('fridge')")
            assert server.has_locks_of_others()


def test_readings_ahead_of_the_clock_are_found_and_deleted_as_documented(database: Database) -> None:
    now = datetime.now(UTC)
    fast, wrong = now + timedelta(minutes=4), now + timedelta(hours=2)
    save(database, at(now, 20.0, "1"), at(fast, 20.0, "1"))
    with closing(Summary(database.settings)) as summary:
        assert summary.readings_ahead() is None
        save(database, at(wrong, 40.0, "1"), at(wrong, 40.0, "2"))
        assert summary.readings_ahead() == (2, 2, wrong)

        [statement] = re.findall(
            "`(DELETE FROM reading .*?)`", Path("docs/operations/troubleshooting.md").read_text()
        )
        database.query(statement)

        assert summary.readings_ahead() is None
        assert [(row["sensor_id"], row["max_temperature"]) for row in summary.sensors()] == [("1", 20.0)]


def test_sensors_that_send_local_times_as_utc_are_found(database: Database) -> None:
    now = datetime.now(UTC)
    behind = {"new-york": timedelta(hours=5), "caracas": timedelta(hours=4.5), "on-time": timedelta()}
    minutes = [now - timedelta(minutes=i) for i in range(30)]
    save(database, *(at(time - shift, 20.0, name) for name, shift in behind.items() for time in minutes))
    # as they would be, had each arrived two seconds after its measurement
    database.query(
        "UPDATE reading SET received_at = measured_at + CASE sensor_id"
        " WHEN 'new-york' THEN interval '5 h 2 s'"
        " WHEN 'caracas' THEN interval '4 h 30 min 2 s'"
        " ELSE interval '2 s' END"
    )
    save(database, *(at(now - timedelta(hours=3, minutes=i), 20.0, "imported") for i in range(30)))

    summary = Summary(database.settings)
    try:
        assert summary.time_shifts() == [TimeShift("caracas", 4.5), TimeShift("new-york", 5.0)]
    finally:
        summary.close()


def _collation(database: Database) -> Any:
    order = database.query("SELECT s FROM unnest(%s::text[]) AS s ORDER BY s", ["1", "2", "cellar", "ätic"])
    return [row["s"] for row in order].index

"""What the status query reads per sensor does not depend on the history, nor on what a sensor sends."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from db.queries.status import SENSORS
from tests.database import Database

# Pages of 8 KiB: the descent of the index, 11 minutes, and the last reading in its partition.
MAX_PAGES_PER_SENSOR = 40
SENSOR_COUNT = 200
MINUTES = """
INSERT INTO rollup_minute
SELECT minute, sensor, 60, 1200, 19, 21, minute
FROM generate_series(date_trunc('minute', now()) - 9999 * interval '1 minute', now(), '1 minute') AS minute,
     generate_series(1, 10) AS sensor
ORDER BY minute, sensor
"""
READINGS = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
SELECT gen_random_uuid(), %s || n, %s, n FROM generate_series(1, %s) AS n
"""
REGISTER = "INSERT INTO sensor SELECT DISTINCT sensor_id FROM reading ON CONFLICT DO NOTHING"
OPENED = """
SELECT relname AS name FROM pg_locks JOIN pg_class ON pg_class.oid = relation
WHERE pid = pg_backend_pid() AND relispartition AND relkind = 'r'
"""
NOW = datetime.now(UTC)


def pages_read(database: Database, statement: str) -> int:
    (row,) = database.query(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
    (explained,) = row["QUERY PLAN"] if isinstance(row["QUERY PLAN"], list) else json.loads(row["QUERY PLAN"])
    plan = explained["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


@pytest.mark.parametrize("analyzed", [True, False])
def test_sensors_with_few_minutes_cost_the_same_as_others(database: Database, *, analyzed: bool) -> None:
    # given a long history of ten sensors, and many sensors with one reading each, on two days
    database.query(MINUTES)
    database.query(READINGS, "today ", NOW, SENSOR_COUNT // 2)
    database.query(READINGS, "yesterday ", NOW - timedelta(days=1), SENSOR_COUNT // 2)
    database.query(REGISTER)
    if analyzed:
        database.query("ANALYZE")
    # when their status is read by a planner that thinks little of an index whose rows are scattered
    database.query("SET random_page_cost = 100")
    pages = pages_read(database, SENSORS)
    # then each costs a few pages
    assert len(database.query(SENSORS)) == SENSOR_COUNT
    assert pages < MAX_PAGES_PER_SENSOR * SENSOR_COUNT


def test_many_sensors_that_measured_at_the_same_time_cost_no_more(database: Database) -> None:
    pages = {}
    for count in (100, 900):
        database.query(READINGS, f"{count} ", NOW, count)
        database.query(REGISTER)
        database.query("ANALYZE")
        pages[count] = pages_read(database, "SELECT * FROM last_hour()")

    assert pages[900] < 12 * pages[100]


def test_many_readings_of_a_sensor_with_the_same_time_are_not_all_read(database: Database) -> None:
    database.query(READINGS.replace("%s || n", "%s"), "same", NOW, 20_000)
    database.query(REGISTER)

    assert pages_read(database, SENSORS) < 5_000


def test_only_the_partitions_of_last_readings_are_planned_for(database: Database) -> None:
    # given partitions of many days, and sensors that measured last on one of them
    days = [NOW.date() - timedelta(days=number) for number in range(2, 32)]
    last_day = days[15]
    for day in days:
        database.query("SELECT create_partition(%s)", day)
    for minutes in range(3):
        moment = datetime(last_day.year, last_day.month, last_day.day, 12, minutes, tzinfo=UTC)
        database.query(READINGS, "sensor ", moment, 5)
    database.query(REGISTER)
    # when their states are read
    database.query("BEGIN")
    assert len(database.query("SELECT * FROM sensor_states()")) == 5
    # then no partition of another week was opened, except of the day before it
    monday = last_day - timedelta(days=last_day.weekday())
    week = {f"reading_{monday + timedelta(days=number):%Y%m%d}" for number in range(-1, 7)}
    opened = {row["name"] for row in database.query(OPENED)}
    assert f"reading_{last_day:%Y%m%d}" in opened
    assert opened <= week | {"reading_default"}

"""The roll-ups: after any change of the readings the views equal a scan of the readings."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.store import Store
from readings.model import Reading
from tests.database import Database, Row
from tests.examples import max_examples
from tests.integration.rollups import IN_THE_HOUR, assert_views_equal_scan, insert, rolled_back
from tests.waiting import DEADLINE_SECONDS
from tests.writers import WRITERS, four_writers

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
# Temperatures whose sums cannot be exact, and the contract's extremes.
TEMPERATURES = st.one_of(
    st.sampled_from([-273.15, 10_000.0, 0.0, 0.1]),
    st.floats(-273.15, 10_000, allow_nan=False).map(lambda value: round(value, 9)),
)
BATCHES = 100
# Around every edge that the views know, and anywhere from yesterday to five minutes ahead.
EDGES = st.sampled_from(["hour", "first five seconds", "first minute", "last minute", "now"])
MOMENTS = st.one_of(
    st.tuples(EDGES, st.integers(-3, 3).map(lambda n: n * MICROSECOND)),
    st.tuples(EDGES, st.timedeltas(timedelta(seconds=-70), timedelta(seconds=70))),
    st.tuples(st.just("now"), st.timedeltas(timedelta(hours=-26), timedelta(minutes=5))),
)
READINGS = st.tuples(st.uuids(version=4), st.sampled_from(["1", "2", "ätic"]), MOMENTS, TEMPERATURES)


def edge(name: str, now: datetime) -> datetime:
    """Return the boundary with this name, relative to the transaction's `now`."""
    hour_start = now - HOUR
    whole = hour_start.replace(microsecond=0)
    return {
        "hour": hour_start,
        "first five seconds": whole - timedelta(seconds=whole.second % 5) + timedelta(seconds=5),
        "first minute": whole.replace(second=0) + timedelta(minutes=1),
        "last minute": now.replace(second=0, microsecond=0),
        "now": now,
    }[name]


def rows_of(connection: psycopg.Connection[Row], readings: list[Any]) -> list[Reading]:
    found = connection.execute("SELECT now() AT TIME ZONE 'UTC' AS now").fetchone()
    assert found
    now = found["now"].replace(tzinfo=UTC)
    return [
        Reading(reading_id, sensor_id, edge(name, now) + offset, temperature)
        for reading_id, sensor_id, (name, offset), temperature in readings
    ]


@given(batches=st.lists(st.lists(READINGS, min_size=1, max_size=12), max_size=6), data=st.data())
@settings(
    max_examples=max_examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_views_equal_a_scan_for_any_readings(
    database: Database, batches: list[list[Any]], data: st.DataObject
) -> None:
    with rolled_back(database) as connection:
        # given readings, some late and some ahead of the clock, in any order and in batches of any size
        sent = [rows_of(connection, batch) for batch in batches]
        # and some of them repeated
        flat = [row for batch in sent for row in batch]
        again = data.draw(st.lists(st.sampled_from(flat), max_size=5)) if flat else []
        for rows in [*sent, again]:
            insert(connection, rows)
        # then
        assert_views_equal_scan(connection)


@given(
    first=st.lists(READINGS, min_size=1, max_size=15), later=st.lists(READINGS, max_size=5), data=st.data()
)
@settings(
    max_examples=max_examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_views_equal_a_scan_after_deletes_and_updates(
    database: Database, first: list[Any], later: list[Any], data: st.DataObject
) -> None:
    with rolled_back(database) as connection:
        insert(connection, rows_of(connection, first))
        ids = [reading[0] for reading in first]
        deleted, moved, corrected = (data.draw(st.lists(st.sampled_from(ids), max_size=6)) for _ in range(3))
        connection.execute("DELETE FROM reading WHERE reading_id = ANY(%s)", (deleted,))
        connection.execute(
            "UPDATE reading SET measured_at = measured_at - interval '90 seconds' WHERE reading_id = ANY(%s)",
            (moved,),
        )
        connection.execute(
            "UPDATE reading SET temperature = temperature + 1, sensor_id = '2' WHERE reading_id = ANY(%s)",
            (corrected,),
        )
        insert(connection, rows_of(connection, later))
        assert_views_equal_scan(connection)


def test_after_truncate_the_views_are_empty(database: Database) -> None:
    with rolled_back(database) as connection:
        insert(
            connection, rows_of(connection, [(uuid4(), "1", ("now", -n * MICROSECOND), 1.0) for n in (1, 2)])
        )
        connection.execute("TRUNCATE reading")
        assert_views_equal_scan(connection)
        assert connection.execute("SELECT * FROM reading_minute").fetchall() == []


def test_a_rebuild_replaces_the_rollups_of_its_range_only(database: Database) -> None:
    with rolled_back(database) as connection:
        # given two wrong roll-ups
        spread = [(uuid4(), "1", ("now", timedelta(minutes=-n)), 20.0 + n) for n in range(100)]
        insert(connection, rows_of(connection, spread))
        connection.execute("UPDATE rollup_minute SET readings = 7")
        connection.execute("DELETE FROM rollup_five_seconds")
        # when the range of one of them is rebuilt
        connection.execute("SELECT rebuild_rollups(now() - interval '30 minutes', now())")
        # then that one is correct, and the other is unchanged
        rows = connection.execute("SELECT readings FROM reading_minute ORDER BY minute DESC").fetchall()
        assert [row["readings"] for row in rows[:31]] == [1] * 31
        assert {row["readings"] for row in rows[31:]} == {7}
        connection.execute("SELECT rebuild_rollups('-infinity', 'infinity')")
        assert_views_equal_scan(connection)


def test_a_rebuild_during_writes_misses_no_reading(database: Database) -> None:
    stop, rebuilds = threading.Event(), threading.Semaphore(0)
    failures: list[Exception] = []

    def rebuild() -> None:
        with database.connect() as connection:
            while not stop.is_set():
                try:
                    connection.execute("SELECT rebuild_rollups(now() - interval '2 hours', now())")
                    rebuilds.release()
                except psycopg.Error as error:
                    failures.append(error)

    rebuilding = threading.Thread(target=rebuild)
    rebuilding.start()
    try:
        written = write_with_four_writers(database)
        assert rebuilds.acquire(timeout=DEADLINE_SECONDS), "not even one rebuild"
    finally:
        stop.set()
        rebuilding.join(DEADLINE_SECONDS)
    assert failures == []
    assert database.query("SELECT readings FROM last_hour_overall") == [{"readings": written}]
    with rolled_back(database) as connection:
        assert_views_equal_scan(connection)


@pytest.mark.parametrize("size", [1, 40])
def test_four_writers_on_the_same_sensors_neither_deadlock_nor_count_twice(
    database: Database, size: int
) -> None:
    written = write_with_four_writers(database, size)
    assert written == database.count() == WRITERS * BATCHES * size
    with rolled_back(database) as connection:
        assert_views_equal_scan(connection)
    assert database.query("SELECT sum(readings)::int AS readings FROM reading_minute") == [
        {"readings": written}
    ]


def write_with_four_writers(database: Database, size: int = 10) -> int:
    """Run four writers on the same five sensors, each batch also sent by its neighbour, in reverse."""
    stored = [0] * WRITERS
    shared: list[list[Reading]] = [[] for _ in range(WRITERS)]

    def write(store: Store, number: int) -> None:
        for _ in range(BATCHES):
            now = datetime.now(UTC)
            batch = [Reading(uuid4(), f"shared {n % 5}", now - timedelta(seconds=n), n) for n in range(size)]
            shared[number] = batch
            stored[number] += store.save(batch)
            stored[number] += store.save(shared[(number + 1) % WRITERS][::-1])

    four_writers(database.settings, write)
    return sum(stored)


def test_the_last_hour_reads_only_the_readings_at_its_start(database: Database) -> None:
    # given three sensors that measured ten times per second for two hours
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), n % 3, now() - n * interval '0.1 second', 20 "
        "FROM generate_series(0, 72000) AS n"
    )
    database.query("ANALYZE")
    # when the summary and a scan are queried
    with rolled_back(database) as connection:
        for_the_summary = readings_read(connection, "SELECT * FROM last_hour_summary")
    with rolled_back(database) as connection:
        for_a_scan = readings_read(connection, f"SELECT max(received_at) {IN_THE_HOUR}")
    # then the summary read at most five seconds of readings, and the last reading of each sensor
    assert 3 <= for_the_summary <= 60
    assert for_a_scan >= 35_000


def readings_read(connection: psycopg.Connection[Row], statement: str) -> int:
    """Return how many rows of the partitions the statement fetched, with or without an index."""
    connection.execute(statement)
    found = connection.execute(
        "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS readings "
        "FROM pg_stat_xact_user_tables WHERE relname ~ '^reading_'"
    ).fetchone()
    assert found
    return int(found["readings"])


def test_functions_ignore_the_callers_search_path(database: Database) -> None:
    """A trigger function that runs as the owner must not use objects of the caller's schemas."""
    with rolled_back(database) as connection:
        connection.execute("CREATE TEMPORARY TABLE rollup_minute (LIKE public.rollup_minute INCLUDING ALL)")
        insert(connection, rows_of(connection, [(UUID(int=1), "1", ("now", -MICROSECOND), 1.0)]))
        assert connection.execute("SELECT count(*) FROM pg_temp.rollup_minute").fetchall() == [{"count": 0}]
        assert connection.execute("SELECT readings FROM reading_minute").fetchall() == [{"readings": 1}]

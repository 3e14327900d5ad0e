"""Partitions: created ahead of time without races, and the default partition."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import uuid4

import psycopg
import pytest

from db import maintenance
from db.maintenance import prepare_partitions
from db.retention import Retention
from db.store import Store
from tests.database import Database
from tests.integration.partitions import (
    DAY,
    days,
    drop_partition,
    fill,
    in_default,
    noon,
    open_transaction,
    reading_at,
)
from tests.waiting import DEADLINE_SECONDS, eventually

WRITE = (
    "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
    "VALUES (gen_random_uuid(), '1', now(), 1)"
)


@pytest.fixture
def maintenance_on_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "INTERVAL_SECONDS", 0.0)
    monkeypatch.setattr(maintenance, "RETRY_SECONDS", 0.0)


def test_the_migration_creates_partitions_from_yesterday_to_a_week_ahead(
    database: Database, today: date
) -> None:
    assert days(database) == [today + n * DAY for n in range(-1, 8)]


def test_each_partition_is_a_utc_day_to_the_microsecond(
    store: Store, database: Database, today: date
) -> None:
    midnight = datetime.combine(today, time(), UTC)
    store.save(
        [reading_at(midnight), reading_at(midnight - timedelta(microseconds=1)), reading_at(midnight + DAY)]
    )
    for day in (today - DAY, today, today + DAY):
        assert database.query(f"SELECT count(*) FROM reading_{day:%Y%m%d}") == [{"count": 1}]


@pytest.mark.usefixtures("maintenance_on_every_call")
def test_a_consumer_creates_missing_partitions(database: Database, today: date) -> None:
    # given a system that was off for days
    for day in days(database):
        drop_partition(database, day)
    store = Store(database.settings, "test store")
    # when it stores a reading, or only checks whether the database answers
    assert store.save([reading_at(noon(today))]) == 1
    # then the partitions exist, and the reading is in its partition
    assert days(database) == [today + n * DAY for n in range(-1, 8)]
    assert in_default(database) == 0
    drop_partition(database, today + DAY)
    store.check()
    assert today + DAY in days(database)
    store.close()


def test_a_reading_of_a_day_without_partition_is_stored_once_and_rolled_up(
    store: Store, database: Database
) -> None:
    old = reading_at(datetime(2003, 1, 5, 8, 30, tzinfo=UTC))
    assert store.save([old]) == 1
    assert store.save([old, old]) == 0
    assert in_default(database) == database.count() == 1
    assert database.query("SELECT readings, mean_temperature FROM reading_minute") == [
        {"readings": 1, "mean_temperature": 20.0}
    ]


def test_a_new_partition_gets_its_readings_from_the_default_partition(
    store: Store, database: Database, today: date
) -> None:
    # given readings of a day without a partition, and of the days before and after it
    day = today + 3 * DAY
    drop_partition(database, day)
    midnight = datetime.combine(day, time(), UTC)
    own = [
        reading_at(midnight),
        reading_at(midnight + DAY - timedelta(microseconds=1)),
        reading_at(noon(day)),
    ]
    others = [
        reading_at(noon(today - 40 * DAY)),
        reading_at(midnight - timedelta(microseconds=1)),
        reading_at(midnight + DAY),
    ]
    store.save([*own, *others])
    assert in_default(database) == 4
    before = database.query("SELECT * FROM reading ORDER BY reading_id")
    minutes = database.query("SELECT * FROM reading_minute ORDER BY minute")
    # when its partition is created
    assert database.query("SELECT create_partitions()") == [{"create_partitions": 1}]
    # then no reading is lost or changed, the partition has its own, and duplicates are still recognised
    assert database.query("SELECT * FROM reading ORDER BY reading_id") == before
    assert database.query("SELECT * FROM reading_minute ORDER BY minute") == minutes
    assert database.query(f"SELECT count(*) FROM reading_{day:%Y%m%d}") == [{"count": len(own)}]
    assert in_default(database) == 1
    assert store.save([*own, *others]) == 0
    assert database.query("SELECT create_partitions()") == [{"create_partitions": 0}]


def test_a_past_day_gets_a_partition_once_it_has_enough_readings(database: Database, today: date) -> None:
    busy, quiet = today - 100 * DAY, today - 101 * DAY
    fill(database, busy, 1_000)
    fill(database, quiet, 999)
    database.query("SELECT create_partitions()")
    assert busy in days(database)
    assert quiet not in days(database)
    assert in_default(database) == 999
    assert database.count() == 1_999


def test_an_import_of_many_days_does_not_keep_a_consumer_busy(database: Database, today: date) -> None:
    # given several days of long ago with enough readings for a partition, and no partition of tomorrow
    old = [date(1975, 1, 1) + n * DAY for n in range(5)]
    for day in old:
        fill(database, day, 1_000)
    drop_partition(database, today + DAY)
    # when a consumer maintains the partitions, with time for one at once
    create = "SELECT create_missing_partitions(5000, '0') AS made"
    made = [database.query(create)[0]["made"]]
    # then tomorrow has its partition first
    assert made == [1]
    assert today + DAY in days(database)
    assert not {*old} & {*days(database)}
    # and then the latest of the past days, until all have theirs
    made += [database.query(create)[0]["made"]]
    assert {*old} & {*days(database)} == {old[-1]}
    while made[-1]:
        made += [database.query(create)[0]["made"]]
    assert made == [1] * (1 + len(old)) + [0]
    assert in_default(database) == 0
    assert database.count() == len(old) * 1_000
    assert database.query("SELECT count(*), min(minute) FROM reading_minute") == [
        {"count": len(old), "min": noon(old[0])}
    ]


def test_past_days_get_a_limited_number_of_partitions(database: Database, today: date) -> None:
    for day in (date(1975, 1, 1), date(1976, 1, 1)):
        fill(database, day, 1_000)
    partitions = len(database.query("SELECT inhrelid FROM pg_inherits WHERE inhparent = 'reading'::regclass"))
    drop_partition(database, today + DAY)

    database.query("SELECT create_missing_partitions(5000, '1 day', %s::integer)", partitions + 1)

    assert {today + DAY, date(1976, 1, 1)} <= set(days(database))
    assert in_default(database) == 1_000


def test_a_search_of_past_days_goes_on_where_its_time_limit_has_stopped_it(
    database: Database, today: date
) -> None:
    # given a day with enough readings, before days that have too few
    busy = today - 400 * DAY
    fill(database, busy, 1_000)
    for number in range(1, 4):
        fill(database, busy + number * DAY, 1)
    # when each call has time for one day
    made = [
        database.query("SELECT create_missing_partitions(5000, '0') AS made")[0]["made"] for _ in range(4)
    ]
    # then the fourth finds it, and the search starts again with the latest day
    assert made == [0, 0, 0, 1]
    assert busy in days(database)
    fill(database, today - 200 * DAY, 1_000)
    for _ in range(2):
        database.query("SELECT create_missing_partitions(5000, '0')")
    assert today - 200 * DAY in days(database)


def test_with_the_most_partitions_no_reading_of_past_days_is_read(database: Database, today: date) -> None:
    fill(database, today - 100 * DAY, 1_000)
    with database.connect() as connection, connection.transaction():
        connection.execute("SELECT create_missing_partitions(5000, '1 day', 5)")
        rows = connection.execute(
            "SELECT seq_tup_read + idx_tup_fetch AS read FROM pg_stat_xact_user_tables "
            "WHERE relname = 'reading_default'"
        ).fetchall()
    assert rows == [{"read": 0}]


def test_setup_moves_more_readings_than_a_consumer_may(database: Database, today: date) -> None:
    day = today - 100 * DAY
    fill(database, day, 5_000)
    assert database.query("SELECT create_missing_partitions(4999) AS made") == [{"made": 0}]
    prepare_partitions(database.settings, Retention(None, None))
    assert day in days(database)
    assert in_default(database) == 0


def test_the_same_id_at_two_times_of_a_day_is_one_reading(
    store: Store, database: Database, today: date
) -> None:
    one = uuid4()
    assert store.save([reading_at(noon(today), one)]) == 1
    assert store.save([reading_at(noon(today) + timedelta(hours=1), one)]) == 0
    assert store.save([reading_at(noon(today) - timedelta(hours=1), one), reading_at(noon(today), one)]) == 0
    assert database.count() == 1


def maintain_until(stop: threading.Event, database: Database) -> int:
    """Create partitions until `stop` is set; return their number."""
    made = 0
    with database.connect() as connection:
        while not stop.is_set():
            with suppress(
                psycopg.errors.LockNotAvailable
            ):  # maintenance gives up its lock and is tried again
                row = connection.execute("SELECT create_partitions() AS made").fetchone()
                made += row["made"] if row else 0
    return made


def write_until(stop: threading.Event, database: Database, today: date) -> int:
    """Store readings of every maintained day until `stop` is set, single and in batches; count them."""
    stored = 0
    store = Store(database.settings, "writer")
    try:
        while not stop.is_set():
            times = [noon(today + n * DAY) for n in range(-1, 8)]
            stored += store.save([reading_at(measured_at) for measured_at in times])
            stored += store.save([reading_at(times[stored % 9])])
    finally:
        store.close()
    return stored


def test_concurrent_maintenance_and_writers_lose_and_reject_nothing(database: Database, today: date) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor(6) as pool:
        maintainers = [pool.submit(maintain_until, stop, database) for _ in range(2)]
        writers = [pool.submit(write_until, stop, database, today) for _ in range(4)]
        try:
            for number in range(12):
                # Meanwhile one day loses its partition, and its readings return to the default partition.
                day = today + (number % 9 - 1) * DAY
                detach_partition(database, day)
                eventually(
                    partial(has_partition, database, day),
                    DEADLINE_SECONDS,
                    f"the partition of {day} exists again",
                )
        finally:
            stop.set()
    assert sum(keeper.result() for keeper in maintainers) == 12
    stored = sum(writer.result() for writer in writers)
    assert database.count() == stored > 100
    assert database.query("SELECT sum(readings)::int AS readings FROM reading_minute") == [
        {"readings": stored}
    ]
    assert in_default(database) == 0


def has_partition(database: Database, day: date) -> bool:
    return day in days(database)


def detach_partition(database: Database, day: date) -> None:
    name = f"reading_{day:%Y%m%d}"
    with database.connect() as connection, connection.transaction():
        connection.execute("LOCK TABLE reading IN ACCESS EXCLUSIVE MODE")
        connection.execute(f"ALTER TABLE reading DETACH PARTITION {name}")
        connection.execute(f"INSERT INTO reading_default SELECT * FROM {name}")
        connection.execute(f"DROP TABLE {name}")


@pytest.mark.usefixtures("maintenance_on_every_call")
def test_maintenance_gives_way_and_the_reading_is_stored_anyway(database: Database, today: date) -> None:
    drop_partition(database, today + DAY)
    store = Store(database.settings, "test store")
    with open_transaction(database, WRITE):
        assert store.save([reading_at(noon(today))]) == 1
        assert today + DAY not in days(database)
        store.check()
    store.check()
    assert today + DAY in days(database)
    store.close()

"""Partitions: made ahead without a race, a default that catches the rest, and a retention that drops days."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest

from db import upkeep
from db.store import Store
from db.upkeep import keep_up
from messaging.contract import Reading
from tests.database import Database
from tests.waiting import DEADLINE_SECONDS, eventually

DAY = timedelta(days=1)
PARTITIONS = """
SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid
WHERE inhparent = 'reading'::regclass AND relname <> 'reading_default' ORDER BY relname
"""
WRITE = (
    "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
    "VALUES (gen_random_uuid(), '1', now(), 1)"
)


def days(database: Database) -> list[date]:
    names = [row["relname"] for row in database.rows(PARTITIONS)]
    return [datetime.strptime(name, "reading_%Y%m%d").replace(tzinfo=UTC).date() for name in names]


def in_default(database: Database) -> int:
    return int(database.rows("SELECT count(*) FROM reading_default")[0]["count"])


def at(moment: datetime, reading_id: UUID | None = None) -> Reading:
    return Reading(reading_id or uuid4(), "1", moment, 20.0)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def fill(database: Database, day: date, readings: int) -> None:
    database.rows(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), '1', %s + n * interval '1 millisecond', 20 "
        "FROM generate_series(1, %s) AS n",
        noon(day),
        readings,
    )


def drop_partition(database: Database, day: date) -> None:
    database.rows(f"DROP TABLE reading_{day:%Y%m%d}")


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    store = Store(database.settings, "test store")
    yield store
    store.close()


@pytest.fixture
def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def upkeep_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "UPKEEP_SECONDS", 0.0)
    monkeypatch.setattr(upkeep, "AFTER_FAILURE_SECONDS", 0.0)


def test_the_migration_makes_yesterday_today_and_a_week(database: Database, today: date) -> None:
    assert days(database) == [today + n * DAY for n in range(-1, 8)]


def test_each_day_is_a_utc_day_to_the_microsecond(store: Store, database: Database, today: date) -> None:
    midnight = datetime.combine(today, time(), UTC)
    store.save([at(midnight), at(midnight - timedelta(microseconds=1)), at(midnight + DAY)])
    for day in (today - DAY, today, today + DAY):
        assert database.rows(f"SELECT count(*) FROM reading_{day:%Y%m%d}") == [{"count": 1}]


@pytest.mark.usefixtures("upkeep_each_time")
def test_a_consumer_makes_what_is_missing_by_itself(database: Database, today: date) -> None:
    # given a system that has been asleep
    for day in days(database):
        drop_partition(database, day)
    store = Store(database.settings, "test store")
    # when it stores a reading, or only looks whether the database answers
    assert store.save([at(noon(today))]) == 1
    # then the days are there, and the reading is in its own
    assert days(database) == [today + n * DAY for n in range(-1, 8)]
    assert in_default(database) == 0
    drop_partition(database, today + DAY)
    store.check()
    assert today + DAY in days(database)
    store.close()


def test_a_reading_of_any_day_is_stored_once_and_counted(store: Store, database: Database) -> None:
    old = at(datetime(2003, 1, 5, 8, 30, tzinfo=UTC))
    assert store.save([old]) == 1
    assert store.save([old, old]) == 0
    assert in_default(database) == database.count() == 1
    assert database.rows("SELECT readings, mean_temperature FROM reading_minute") == [
        {"readings": 1, "mean_temperature": 20.0}
    ]


def test_a_partition_takes_its_days_readings_out_of_the_default_one(
    store: Store, database: Database, today: date
) -> None:
    # given readings of a day without a partition, and of the days beside it
    day = today + 3 * DAY
    drop_partition(database, day)
    midnight = datetime.combine(day, time(), UTC)
    own = [at(midnight), at(midnight + DAY - timedelta(microseconds=1)), at(noon(day))]
    others = [at(noon(today - 40 * DAY)), at(midnight - timedelta(microseconds=1)), at(midnight + DAY)]
    store.save([*own, *others])
    assert in_default(database) == 4
    before = database.rows("SELECT * FROM reading ORDER BY reading_id")
    minutes = database.rows("SELECT * FROM reading_minute ORDER BY minute")
    # when its partition is made
    assert database.rows("SELECT keep_partitions()") == [{"keep_partitions": 1}]
    # then nothing is lost or changed, it has its own, and they are still known
    assert database.rows("SELECT * FROM reading ORDER BY reading_id") == before
    assert database.rows("SELECT * FROM reading_minute ORDER BY minute") == minutes
    assert database.rows(f"SELECT count(*) FROM reading_{day:%Y%m%d}") == [{"count": len(own)}]
    assert in_default(database) == 1
    assert store.save([*own, *others]) == 0
    assert database.rows("SELECT keep_partitions()") == [{"keep_partitions": 0}]


def test_a_past_day_gets_a_partition_when_it_is_worth_one(database: Database, today: date) -> None:
    busy, quiet = today - 100 * DAY, today - 101 * DAY
    fill(database, busy, 1_000)
    fill(database, quiet, 999)
    database.rows("SELECT keep_partitions()")
    assert busy in days(database)
    assert quiet not in days(database)
    assert in_default(database) == 999
    assert database.count() == 1_999


def test_setup_moves_what_is_too_much_for_a_consumer(database: Database, today: date) -> None:
    day = today - 100 * DAY
    fill(database, day, 5_000)
    assert database.rows("SELECT make_partitions(4999) AS made") == [{"made": 0}]
    keep_up(database.settings, None)
    assert day in days(database)
    assert in_default(database) == 0


def test_one_identity_at_two_moments_of_a_day_is_one_reading(
    store: Store, database: Database, today: date
) -> None:
    one = uuid4()
    assert store.save([at(noon(today), one)]) == 1
    assert store.save([at(noon(today) + timedelta(hours=1), one)]) == 0
    assert store.save([at(noon(today) - timedelta(hours=1), one), at(noon(today), one)]) == 0
    assert database.count() == 1


def keep_until(stop: threading.Event, database: Database) -> int:
    """How many partitions it made."""
    made = 0
    with database.connect() as connection:
        while not stop.is_set():
            with suppress(psycopg.errors.LockNotAvailable):  # it gives way, and tries again
                row = connection.execute("SELECT keep_partitions() AS made").fetchone()
                made += row["made"] if row else 0
    return made


def write_until(stop: threading.Event, database: Database, today: date) -> int:
    """How many readings it stored, one by one and in batches, of every day that is looked after."""
    stored = 0
    store = Store(database.settings, "writer")
    try:
        while not stop.is_set():
            moments = [noon(today + n * DAY) for n in range(-1, 8)]
            stored += store.save([at(moment) for moment in moments])
            stored += store.save([at(moments[stored % 9])])
    finally:
        store.close()
    return stored


def test_two_keepers_and_four_writers_lose_and_refuse_nothing(database: Database, today: date) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor(6) as pool:
        keepers = [pool.submit(keep_until, stop, database) for _ in range(2)]
        writers = [pool.submit(write_until, stop, database, today) for _ in range(4)]
        try:
            for number in range(12):
                # While all of it goes on, a day loses its partition, its readings back in the default one.
                day = today + (number % 9 - 1) * DAY
                take_partition_away(database, day)
                eventually(
                    partial(is_there, database, day),
                    DEADLINE_SECONDS,
                    f"the partition of {day} is made again",
                )
        finally:
            stop.set()
    assert sum(keeper.result() for keeper in keepers) == 12
    stored = sum(writer.result() for writer in writers)
    assert database.count() == stored > 100
    assert database.rows("SELECT sum(readings)::int AS readings FROM reading_minute") == [
        {"readings": stored}
    ]
    assert in_default(database) == 0


def is_there(database: Database, day: date) -> bool:
    return day in days(database)


def take_partition_away(database: Database, day: date) -> None:
    name = f"reading_{day:%Y%m%d}"
    with database.connect() as connection, connection.transaction():
        connection.execute("LOCK TABLE reading IN ACCESS EXCLUSIVE MODE")
        connection.execute(f"ALTER TABLE reading DETACH PARTITION {name}")
        connection.execute(f"INSERT INTO reading_default SELECT * FROM {name}")
        connection.execute(f"DROP TABLE {name}")


@contextmanager
def busy_with(database: Database, statement: str) -> Iterator[None]:
    """Somebody's transaction that has done this and is not over."""
    with database.connect() as connection, connection.transaction():
        connection.execute(statement)
        yield


@pytest.mark.usefixtures("upkeep_each_time")
def test_upkeep_gives_way_and_the_reading_is_stored_all_the_same(database: Database, today: date) -> None:
    drop_partition(database, today + DAY)
    store = Store(database.settings, "test store")
    with busy_with(database, WRITE):
        assert store.save([at(noon(today))]) == 1
        assert today + DAY not in days(database)
        store.check()
    store.check()
    assert today + DAY in days(database)
    store.close()


class TestRetention:
    """`RETENTION_DAYS`, as setup writes it down and consumers act on it."""

    def test_without_it_everything_is_kept(self, database: Database, today: date) -> None:
        fill(database, today - 4000 * DAY, 1)
        keep_up(database.settings, None)
        assert database.rows("SELECT drop_expired()") == [{"drop_expired": 0}]
        assert database.count() == 1

    def test_whole_days_go_with_their_rollups_and_the_rest_stays(
        self, database: Database, today: date
    ) -> None:
        # given days with and without partitions of their own
        for ago in (0, 1, 2, 3, 10):
            fill(database, today - ago * DAY, 1_000)
        fill(database, today - 20 * DAY, 3)
        keep_up(database.settings, None)
        assert in_default(database) == 3
        # when two days are to be kept
        keep_up(database.settings, 2)
        assert database.rows("SELECT drop_expired() AS days") == [{"days": 2}]
        # then today and the two whole days before it are
        assert database.rows("SELECT * FROM retention") == [{"days": 2}]
        kept = [today - ago * DAY for ago in (2, 1, 0)]
        assert [day for day in days(database) if day <= today] == kept
        assert in_default(database) == 0
        assert database.count() == 3_000
        series = database.rows(
            "SELECT (minute AT TIME ZONE 'UTC')::date AS day, readings FROM reading_minute"
        )
        assert sorted({row["day"] for row in series}) == kept
        assert sum(row["readings"] for row in series) == 3_000

    def test_a_reading_from_before_it_is_taken_and_goes_with_the_next_upkeep(
        self, store: Store, database: Database, today: date
    ) -> None:
        keep_up(database.settings, 7)
        assert store.save([at(noon(today - 30 * DAY)), at(noon(today))]) == 2
        assert database.count() == 2
        database.rows("SELECT drop_expired()")
        assert database.count() == 1

    def test_a_day_is_dropped_at_once_however_large(self, database: Database, today: date) -> None:
        """Dropping does not touch the rows: nothing is left for vacuum."""
        day = today - 3 * DAY
        fill(database, day, 20_000)
        keep_up(database.settings, None)
        with database.connect() as connection, connection.transaction():
            database.rows("INSERT INTO retention VALUES (1)")
            connection.execute("SELECT drop_expired()")
            deleted = connection.execute(
                "SELECT sum(n_tup_del)::int AS rows FROM pg_stat_xact_user_tables WHERE relname ~ '^reading_'"
            ).fetchone()
        assert deleted == {"rows": 0}
        assert database.count() == 0

    def test_a_reader_at_work_is_not_disturbed(self, database: Database, today: date) -> None:
        fill(database, today - 3 * DAY, 1_000)
        keep_up(database.settings, None)
        database.rows("INSERT INTO retention VALUES (1)")
        with (
            busy_with(database, "SELECT count(*) FROM reading"),
            pytest.raises(psycopg.errors.LockNotAvailable),
        ):
            database.rows("SELECT drop_expired()")
        assert database.rows("SELECT drop_expired() AS days") == [{"days": 1}]
        assert database.count() == 0

    def test_it_can_be_changed_and_taken_back(self, database: Database) -> None:
        for wanted in (5, 5, 7, None, None, 2):
            keep_up(database.settings, wanted)
            expected = [] if wanted is None else [{"days": wanted}]
            assert database.rows("SELECT days FROM retention") == expected


def test_the_five_second_rollups_are_of_the_last_two_hours_only(store: Store, database: Database) -> None:
    now = datetime.now(UTC)
    store.save([at(now), at(now - timedelta(hours=3))])
    # given one that was written two hours ago
    database.rows("UPDATE rollup_five_seconds SET starts_at = starts_at - interval '121 minutes'")
    store.save([at(now)])
    # when consumers look after the tables
    database.rows("SELECT drop_expired()")
    # then only the new one is left, and the minutes all are
    assert len(database.rows("SELECT * FROM rollup_five_seconds")) == 1
    assert len(database.rows("SELECT * FROM rollup_minute")) == 2

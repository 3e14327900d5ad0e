"""Partitions: created ahead of time without races, the default partition, and the retention."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest

from db import maintenance
from db.maintenance import prepare_partitions
from db.queries.retention import retained_since
from db.retention import Retention
from db.store import Store
from readings.model import Reading
from tests.database import Database
from tests.integration.rollups import close_hours
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
    names = [row["relname"] for row in database.query(PARTITIONS)]
    return [datetime.strptime(name, "reading_%Y%m%d").replace(tzinfo=UTC).date() for name in names]


def in_default(database: Database) -> int:
    return int(database.query("SELECT count(*) FROM reading_default")[0]["count"])


def reading_at(measured_at: datetime, reading_id: UUID | None = None) -> Reading:
    return Reading(reading_id or uuid4(), "1", measured_at, 20.0)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def fill(database: Database, day: date, readings: int) -> None:
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), '1', %s + n * interval '1 millisecond', 20 "
        "FROM generate_series(1, %s) AS n",
        noon(day),
        readings,
    )


def drop_partition(database: Database, day: date) -> None:
    database.query(f"DROP TABLE reading_{day:%Y%m%d}")


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    store = Store(database.settings, "test store")
    yield store
    store.close()


@pytest.fixture
def today() -> date:
    return datetime.now(UTC).date()


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
    # given a decade of which many days have enough readings for a partition, and no partition of tomorrow
    old = [date(1975, 1, 1) + n * DAY for n in range(60)]
    for day in old:
        fill(database, day, 1_000)
    drop_partition(database, today + DAY)
    # when a consumer maintains the partitions, which takes about half a second at once
    made = [database.query("SELECT create_partitions() AS made")[0]["made"]]
    # then tomorrow has its partition first, and the latest of the past days
    assert 2 <= made[0] <= len(old)
    assert {today + DAY, old[-1]} <= set(days(database))
    # and in the end all days have theirs
    while made[-1]:
        made += [database.query("SELECT create_partitions() AS made")[0]["made"]]
    assert sum(made) == len(old) + 1
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


@contextmanager
def open_transaction(database: Database, statement: str) -> Iterator[None]:
    """Keep a transaction open that has executed this statement."""
    with database.connect() as connection, connection.transaction():
        connection.execute(statement)
        yield


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


class TestRetention:
    """`RETENTION_DAYS`, which setup stores in the database and consumers apply."""

    def test_without_a_retention_all_readings_are_kept(self, database: Database, today: date) -> None:
        fill(database, today - 4000 * DAY, 1)
        prepare_partitions(database.settings, Retention(None, None))
        assert database.query("SELECT drop_expired()") == [{"drop_expired": 0}]
        assert database.count() == 1

    def test_expired_days_are_dropped_with_their_rollups(self, database: Database, today: date) -> None:
        # given days with and without a partition
        for ago in (0, 1, 2, 3, 10):
            fill(database, today - ago * DAY, 1_000)
        fill(database, today - 20 * DAY, 3)
        prepare_partitions(database.settings, Retention(None, None))
        assert in_default(database) == 3
        close_hours(database)
        # when two days are kept
        prepare_partitions(database.settings, Retention(2, 2))
        assert database.query("SELECT drop_expired() AS days") == [{"days": 2}]
        # then today and the two days before it remain
        assert database.query("SELECT * FROM retention") == [
            {"days": 2, "minutes_days": 2, "hours_days": None}
        ]
        kept = [today - ago * DAY for ago in (2, 1, 0)]
        assert [day for day in days(database) if day <= today] == kept
        assert in_default(database) == 0
        assert database.count() == 3_000
        series = database.query(
            "SELECT (minute AT TIME ZONE 'UTC')::date AS day, readings FROM reading_minute"
        )
        assert sorted({row["day"] for row in series}) == kept
        assert sum(row["readings"] for row in series) == 3_000

    def test_an_expired_reading_is_accepted_and_deleted_by_the_next_maintenance(
        self, store: Store, database: Database, today: date
    ) -> None:
        prepare_partitions(database.settings, Retention(7, 7))
        assert store.save([reading_at(noon(today - 30 * DAY)), reading_at(noon(today))]) == 2
        assert database.count() == 2
        database.query("SELECT drop_expired()")
        assert database.count() == 1

    def test_a_writer_and_a_reader_know_from_when_on_readings_are_kept(
        self, database: Database, today: date
    ) -> None:
        for days, kept in ((None, None), (30, datetime.combine(today - timedelta(days=30), time.min, UTC))):
            prepare_partitions(database.settings, Retention(days, days))
            with closing(Store(database.settings, "retention")) as store:
                assert store.retained_since() == retained_since(database.settings) == kept

    def test_a_large_day_is_dropped_without_deleting_rows(self, database: Database, today: date) -> None:
        """Dropping a partition leaves no dead rows for vacuum."""
        day = today - 3 * DAY
        fill(database, day, 20_000)
        prepare_partitions(database.settings, Retention(None, None))
        with database.connect() as connection, connection.transaction():
            database.query("INSERT INTO retention VALUES (1)")
            connection.execute("SELECT drop_expired()")
            deleted = connection.execute(
                "SELECT sum(n_tup_del)::int AS rows FROM pg_stat_xact_user_tables WHERE relname ~ '^reading_'"
            ).fetchone()
        assert deleted == {"rows": 0}
        assert database.count() == 0

    def test_dropping_gives_way_to_a_reader(self, database: Database, today: date) -> None:
        fill(database, today - 3 * DAY, 1_000)
        prepare_partitions(database.settings, Retention(None, None))
        database.query("INSERT INTO retention VALUES (1)")
        with (
            open_transaction(database, "SELECT count(*) FROM reading"),
            pytest.raises(psycopg.errors.LockNotAvailable),
        ):
            database.query("SELECT drop_expired()")
        assert database.query("SELECT drop_expired() AS days") == [{"days": 1}]
        assert database.count() == 0

    def test_the_retention_can_be_changed_and_removed(self, database: Database) -> None:
        for retention_days in (5, 5, 7, None, None, 2):
            prepare_partitions(database.settings, Retention(retention_days, retention_days))
            expected = [] if retention_days is None else [{"days": retention_days}]
            assert database.query("SELECT days FROM retention") == expected


def test_five_second_rollups_are_kept_for_two_hours(store: Store, database: Database) -> None:
    now = datetime.now(UTC)
    store.save([reading_at(now), reading_at(now - timedelta(hours=3))])
    # given a roll-up from more than two hours ago
    database.query("UPDATE rollup_five_seconds SET starts_at = starts_at - interval '121 minutes'")
    store.save([reading_at(now)])
    # when a consumer runs the maintenance
    database.query("SELECT drop_expired()")
    # then only the new one remains, and all minutes remain
    assert len(database.query("SELECT * FROM rollup_five_seconds")) == 1
    assert len(database.query("SELECT * FROM rollup_minute")) == 2

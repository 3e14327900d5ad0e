"""`RETENTION_DAYS`, which setup stores in the database and consumers apply, and the retention of roll-ups."""

from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta

import psycopg
import pytest

from db.maintenance import prepare_partitions
from db.queries.retention import retained_since
from db.retention import Retention
from db.store import Store
from tests.database import Database
from tests.integration.partitions import DAY, days, fill, in_default, noon, open_transaction, reading_at
from tests.integration.rollups import close_hours


def test_without_a_retention_all_readings_are_kept(database: Database, today: date) -> None:
    fill(database, today - 4000 * DAY, 1)
    prepare_partitions(database.settings, Retention(None, None))
    assert database.query("SELECT drop_expired()") == [{"drop_expired": 0}]
    assert database.count() == 1


def test_expired_days_are_dropped_with_their_rollups(database: Database, today: date) -> None:
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
    assert database.query("SELECT * FROM retention") == [{"days": 2, "minutes_days": 2, "hours_days": None}]
    kept = [today - ago * DAY for ago in (2, 1, 0)]
    assert [day for day in days(database) if day <= today] == kept
    assert in_default(database) == 0
    assert database.count() == 3_000
    series = database.query("SELECT (minute AT TIME ZONE 'UTC')::date AS day, readings FROM reading_minute")
    assert sorted({row["day"] for row in series}) == kept
    assert sum(row["readings"] for row in series) == 3_000


def test_an_expired_reading_is_accepted_and_deleted_by_the_next_maintenance(
    store: Store, database: Database, today: date
) -> None:
    prepare_partitions(database.settings, Retention(7, 7))
    assert store.save([reading_at(noon(today - 30 * DAY)), reading_at(noon(today))]) == 2
    assert database.count() == 2
    database.query("SELECT drop_expired()")
    assert database.count() == 1


def test_a_writer_and_a_reader_know_from_when_on_readings_are_kept(database: Database, today: date) -> None:
    for retention_days, kept in (
        (None, None),
        (30, datetime.combine(today - timedelta(days=30), time.min, UTC)),
    ):
        prepare_partitions(database.settings, Retention(retention_days, retention_days))
        with closing(Store(database.settings, "retention")) as store:
            assert store.retained_since() == retained_since(database.settings) == kept


def test_a_large_day_is_dropped_without_deleting_rows(database: Database, today: date) -> None:
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


def test_dropping_gives_way_to_a_reader(database: Database, today: date) -> None:
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


def test_the_retention_can_be_changed_and_removed(database: Database) -> None:
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

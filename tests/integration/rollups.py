"""The definition of the views: scans of the readings, with which roll-ups are compared."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from db.insertion import Insertion
from readings.model import Reading
from tests.database import Database, Row

MEASURES = """
count(*) AS readings, min(temperature) AS min_temperature, avg(temperature) AS mean_temperature,
max(temperature) AS max_temperature,
(array_agg(temperature ORDER BY measured_at DESC, reading_id DESC))[1] AS last_temperature,
max(measured_at) AS last_measured_at
"""
IN_THE_HOUR = "FROM reading WHERE measured_at > now() - interval '1 hour'"
PLAIN = {
    "last_hour_summary": f"SELECT sensor_id, {MEASURES} {IN_THE_HOUR} GROUP BY sensor_id ORDER BY sensor_id",
    "last_hour_overall": f"SELECT {MEASURES} {IN_THE_HOUR}",
    "reading_minute": f"SELECT sensor_id, date_trunc('minute', measured_at) AS minute, {MEASURES} "
    "FROM reading GROUP BY 1, 2 ORDER BY 1, 2",
    "reading_hour": f"SELECT sensor_id, date_trunc('hour', measured_at) AS hour, {MEASURES} "
    "FROM reading GROUP BY 1, 2 ORDER BY 1, 2",
}
ORDER = {"last_hour_summary": "1", "last_hour_overall": "1", "reading_minute": "1, 2", "reading_hour": "1, 2"}
MEAN_TOLERANCE = 1e-9


def insert(connection: psycopg.Connection[Row], readings: Sequence[Reading]) -> None:
    """Insert readings with the store's statements."""
    if readings:
        Insertion(
            lambda statement, values: connection.execute(statement, values).rowcount,
            lambda statement, reading: (
                psycopg.RawCursor(connection).execute(statement, reading[:-1]).rowcount
            ),
        ).insert(readings)


def roll_up_hours(database: Database) -> None:
    """Compute every hour and day that can be computed now."""
    while database.query("SELECT roll_up_hours() AS done") != [{"done": 0}]:
        pass


def close_hours(database: Database) -> None:
    """Compute every hour and day that is over, once transactions that might add to them have ended."""
    roll_up_hours(database)
    database.await_older_transactions()
    roll_up_hours(database)


def assert_views_equal_scan(connection: psycopg.Connection[Row]) -> None:
    for view, plain in PLAIN.items():
        seen = connection.execute(f"SELECT * FROM {view} ORDER BY {ORDER[view]}").fetchall()
        scanned = connection.execute(plain).fetchall()
        assert len(seen) == len(scanned), view
        for row, truth in zip(seen, scanned, strict=True):
            expected = {key: value for key, value in truth.items() if key in row}
            mean, scanned_mean = row["mean_temperature"], expected.pop("mean_temperature")
            # Sums of floating-point numbers depend on the order of the summands.
            assert mean == scanned_mean or abs(mean - scanned_mean) <= MEAN_TOLERANCE, view
            assert {key: row[key] for key in expected} == expected, view


@contextmanager
def rolled_back(database: Database) -> Iterator[psycopg.Connection[Row]]:
    """Open a transaction, in which now() is constant, and roll it back."""
    with database.connect() as connection, connection.transaction(force_rollback=True):
        yield connection


def fill(database: Database, days: int, zone: str = "UTC") -> dict[str, list[Row]]:
    """Store a reading every ten minutes for these days, compute all hours and days, and return the views."""
    database.query("SELECT set_time_zone(%s)", zone)
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), '1', now() - n * interval '10 minutes', 20 + n %% 7 "
        "FROM generate_series(0, %s) AS n",
        days * 144,
    )
    close_hours(database)
    return views(database)


def views(database: Database) -> dict[str, list[Row]]:
    return {
        view: database.query(f"SELECT * FROM {view} ORDER BY 1, 2")
        for view in ("reading_minute", "reading_hour", "reading_day")
    }


def drop(database: Database, days: int, minutes: int | None, hours: int | None) -> None:
    database.query("DELETE FROM retention")
    database.query("INSERT INTO retention VALUES (%s, %s, %s)", days, minutes, hours)
    database.query("SELECT drop_expired()")

"""The series on a real database: each step equals a plain computation over the readings."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.queries.series import Bucket, SeriesReader
from tests.database import Database
from tests.integration.rollups import close_hours, drop, fill

STARTS = {
    Bucket.FIVE_SECONDS: "date_bin('5 seconds', measured_at, '2000-01-01 00:00:00+00')",
    Bucket.MINUTE: "date_trunc('minute', measured_at)",
    Bucket.HOUR: "date_trunc('hour', measured_at)",
    Bucket.DAY: "date_trunc('day', measured_at, 'Europe/Berlin')",
    Bucket.WEEK: "date_trunc('week', measured_at, 'Europe/Berlin')",
}
# Distances from now within which each step is used.
RANGES = {
    Bucket.FIVE_SECONDS: (timedelta(hours=1), timedelta(0)),
    Bucket.MINUTE: (timedelta(hours=30), timedelta(minutes=10)),
    Bucket.HOUR: (timedelta(days=8), timedelta(hours=5)),
    Bucket.DAY: (timedelta(days=200), timedelta(days=1)),
    Bucket.WEEK: (timedelta(days=3000), timedelta(0)),
}


@pytest.fixture
def reader(database: Database) -> Iterator[SeriesReader]:
    reader = SeriesReader(database.settings)
    yield reader
    reader.close()


@pytest.mark.parametrize("maintained", [True, False])
def test_each_step_equals_a_computation_over_the_readings(
    database: Database, reader: SeriesReader, maintained: bool
) -> None:
    fill(database, 9, "Europe/Berlin") if maintained else database.query(
        "SELECT set_time_zone('Europe/Berlin')"
    )
    database.query(
        "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
        "SELECT gen_random_uuid(), n %% 2 + 1, now() - n * n * interval '0.1 seconds', n %% 50 "
        "FROM generate_series(0, %s) AS n",
        3_000,
    )
    now = datetime.now(UTC)
    for bucket, (first, last) in RANGES.items():
        since, until = now - first, now - last + timedelta(seconds=1)
        series = reader.read(["1", "2", "none"], since, until)
        assert series.bucket is bucket
        assert series.time_zone == "Europe/Berlin"
        assert {sensor: json.loads(points) for sensor, points in series.points.items()} == expected(
            database, bucket, since, until
        )
    if maintained:
        close_hours(database)
        assert database.query("SELECT count(*) FROM stale_hour") == [{"count": 0}]


def expected(database: Database, bucket: Bucket, since: datetime, until: datetime) -> dict[str, list[Any]]:
    """Return the buckets that start before `until`, from the one that contains `since` on."""
    start = STARTS[bucket]
    rows = database.query(
        f"SELECT sensor_id, extract(epoch FROM {start})::int AS at, min(temperature), "
        "round(avg(temperature)::numeric, 9)::float8 AS mean, max(temperature), count(*) FROM reading "
        f"WHERE {start} >= {start.replace('measured_at', '%s::timestamptz')} AND {start} < %s "
        "GROUP BY 1, 2 ORDER BY 1, 2",
        since,
        until,
    )
    points: dict[str, list[Any]] = {}
    for row in rows:
        mean = pytest.approx(row["mean"])
        points.setdefault(row["sensor_id"], []).append(
            [row["at"], row["min"], mean, row["max"], row["count"]]
        )
    return points


def test_where_minutes_are_dropped_hours_are_read(database: Database, reader: SeriesReader) -> None:
    fill(database, 5)
    drop(database, 1, 1, None)
    since = datetime.now(UTC) - timedelta(days=4)
    assert reader.read(["1"], since, since + timedelta(hours=5)).bucket is Bucket.HOUR
    recent = datetime.now(UTC) - timedelta(hours=20)
    assert reader.read(["1"], recent, recent + timedelta(hours=5)).bucket is Bucket.MINUTE

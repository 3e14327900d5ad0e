"""The cost of `/api/series`: fill a migrated database with a year of history, then request every step.

`python -m benchmarks.series URL API --sensors 1000 --days 365` fills the empty database at URL, requests the
series from the dashboard at API, such as http://127.0.0.1:8085, which reads that database, and prints the
costs as JSON. A minute of 1,000 sensors for a year would take 80 GB. Instead all sensors have every hour, and
every minute of the last two days; ten sensors have all minutes. A series reads only the rows of its sensors.
"""

import argparse
import json
import time
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import LiteralString, NamedTuple

import httpx2
import psycopg

from benchmarks.summary import WITHOUT_TRIGGERS, vacuum
from db.queries.series import Bucket

RUNS = 20
TIMEOUT_SECONDS = 60
READ_SENSORS = 10  # the most that the page shows over each other
HOURS: LiteralString = """
INSERT INTO rollup_hour
SELECT hour, sensor::text, 720, 14400, 19.5, 21.5
FROM generate_series(date_trunc('hour', now()) - {days} * interval '1 day',
                     date_trunc('hour', now()) - interval '2 hours', '1 hour') AS hour,
     generate_series(1, {sensors}) AS sensor
"""
MINUTES: LiteralString = """
INSERT INTO rollup_minute
SELECT minute, sensor::text, 12, 240, 19.5, 21.5, minute
FROM generate_series(date_trunc('minute', now()) - {days} * interval '1 day', now(), '1 minute') AS minute,
     generate_series(1, {sensors}) AS sensor
WHERE minute >= now() - interval '2 days' OR sensor <= 10
"""
FIVE_SECONDS: LiteralString = """
INSERT INTO rollup_five_seconds
SELECT bucket, sensor::text, 1, 20, 20, 20, bucket
FROM generate_series(date_bin('5 seconds', now(), '2000-01-01 00:00:00+00') - interval '2 hours', now(),
                     '5 seconds') AS bucket,
     generate_series(1, {sensors}) AS sensor
"""
CLOSED = "UPDATE rollup_state SET hours_until = date_trunc('hour', now()) - interval '1 hour'"
ROLL_UP = "SELECT roll_up_hours()"
# The longest range of each step.
RANGES = {
    Bucket.FIVE_SECONDS: timedelta(minutes=119),
    Bucket.MINUTE: timedelta(hours=33),
    Bucket.HOUR: timedelta(days=83),
    Bucket.DAY: timedelta(days=365),
}


class SeriesCost(NamedTuple):
    """Milliseconds (p95) of the series of READ_SENSORS sensors in each step, and the number of sensors."""

    five_seconds_p95_ms: float
    minute_p95_ms: float
    hour_p95_ms: float
    day_p95_ms: float
    sensors: int


def fill(url: str, sensors: int, days: int) -> None:
    """Write the roll-ups of all sensors, and let the database compute the days."""
    with psycopg.connect(url, autocommit=True, options="-c TimeZone=UTC") as connection:
        connection.execute(WITHOUT_TRIGGERS)
        for statement in (HOURS, MINUTES, FIVE_SECONDS):
            connection.execute(statement.format(sensors=sensors, days=days))
        connection.execute(CLOSED)
        while connection.execute(ROLL_UP).fetchone() != (0,):
            pass
    vacuum(url)


def measure(api: str, sensors: int, runs: int = RUNS) -> SeriesCost:
    """Request the series of ten sensors in each step; the first request does not count."""
    with httpx2.Client(base_url=api, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        seconds, minute, hour, day = (_p95(client, length, bucket, runs) for bucket, length in RANGES.items())
    return SeriesCost(seconds, minute, hour, day, sensors)


def _p95(client: httpx2.Client, length: timedelta, bucket: Bucket, runs: int) -> float:
    sensors = [str(number) for number in range(1, READ_SENSORS + 1)]
    durations = []
    for _ in range(runs + 1):
        until = datetime.now(UTC)
        started_at = time.perf_counter()
        query: dict[str, list[str] | float] = {
            "sensor": sensors,
            "from": (until - length).timestamp(),
            "to": until.timestamp(),
        }
        response = client.get("/api/series", params=query)
        durations.append((time.perf_counter() - started_at) * 1000)
        series = response.raise_for_status().json()
        assert series["bucket"] == bucket
        assert len(series["sensors"]) == READ_SENSORS
    return quantiles(durations[1:], n=20, method="inclusive")[-1]


def main() -> None:
    """Fill the database, read it, and print the costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url", metavar="URL")
    parser.add_argument("api", metavar="API")
    parser.add_argument("--sensors", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=365)
    options = parser.parse_args()
    fill(options.url, options.sensors, options.days)
    print(json.dumps(measure(options.api, options.sensors)._asdict()))


if __name__ == "__main__":
    main()

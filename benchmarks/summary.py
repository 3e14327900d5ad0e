"""The cost of the last-hour summary: fill migrated databases, then query their view repeatedly.

`python benchmarks/summary.py URL --readings 36000000 --sensors 1000` fills the empty database at URL so that
this number of readings is in the last hour when it is queried, and prints the costs as JSON.
`--older 36000000` adds readings before the hour. Several databases are filled alike and queried in turn;
`--older` then applies to the last of them, to compare it with the others.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg

CHUNK = 250_000
RUNS = 50
PAUSE_SECONDS = 0.3
HOUR = timedelta(hours=1)
OLDER_HOURS = 10
# If filling is slower than this, the oldest readings leave the hour before the last are written.
ROWS_PER_SECOND = 80_000
WRITERS = 2
# With triggers only 18,000 rows per second can be written; instead the roll-ups are rebuilt at the end. It
# requires a superuser.
WITHOUT_TRIGGERS = "SET session_replication_role = replica"
ROLL_UP = "SELECT rebuild_rollups(%s::timestamptz, %s::timestamptz)"
# Evenly distributed over the time and the sensors. IDs start with their time, as those of this project's
# sensors do.
FILL = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
SELECT (lpad(to_hex((extract(epoch FROM measured_at) * 1000)::bigint), 12, '0')
        || right(md5(n::text), 20))::uuid,
       n %% %(sensors)s, measured_at, 20 + random() * 5
FROM (
    SELECT n, %(since)s::timestamptz + n * %(step)s::interval AS measured_at
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
) AS readings
"""
REGISTER = "INSERT INTO sensor (sensor_id) SELECT generate_series(0, %s - 1)::text ON CONFLICT DO NOTHING"
SUMMARY = "SELECT * FROM last_hour_summary"
OVERALL = "SELECT * FROM last_hour_overall"
PLAIN_SCAN = """
SELECT sensor_id, count(*), min(temperature), avg(temperature), max(temperature), max(measured_at)
FROM reading WHERE measured_at > now() - interval '1 hour' GROUP BY sensor_id
"""


class Cost(NamedTuple):
    """Milliseconds per query, and the numbers of readings and sensors in the hour."""

    p50_ms: float
    p95_ms: float
    max_ms: float
    runs: int
    readings_in_the_hour: int
    sensors: int


def fill(url: str, readings: int, sensors: int, since: datetime, until: datetime) -> Iterator[int]:
    """Write readings distributed over the time; yield the number of readings after each chunk."""
    step = (until - since) / max(1, readings)

    def write(first: int) -> int:
        last = min(first + CHUNK, readings) - 1
        values = {"sensors": sensors, "since": since, "step": step, "first": first, "last": last}
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(WITHOUT_TRIGGERS)
            connection.execute(FILL, values)
        return last + 1

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(REGISTER, (sensors,))
        with ThreadPoolExecutor(WRITERS) as writers:
            yield from writers.map(write, range(0, readings, CHUNK))
        connection.execute(ROLL_UP, (since, until))


def vacuum(url: str) -> None:
    """Vacuum and analyse, as autovacuum would have done in the course of the hour."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def measure(urls: Sequence[str], statement: str = SUMMARY, runs: int = RUNS) -> list[Cost]:
    """Query each database `runs` times, in turn and with a pause; the first query does not count."""
    with ExitStack() as stack:
        connections = [stack.enter_context(psycopg.connect(url, autocommit=True)) for url in urls]
        durations: list[list[float]] = [[] for _ in urls]
        for run in range(runs + 1):
            for connection, milliseconds in zip(connections, durations, strict=True):
                started_at = time.perf_counter()
                connection.execute(statement).fetchall()
                if run:
                    milliseconds.append((time.perf_counter() - started_at) * 1000)
            time.sleep(PAUSE_SECONDS)
        return [_cost(*pair) for pair in zip(connections, durations, strict=True)]


def _cost(connection: psycopg.Connection, durations: list[float]) -> Cost:
    found = connection.execute(
        "SELECT coalesce(sum(readings), 0)::bigint, count(*) FROM last_hour_summary"
    ).fetchone()
    readings, sensors = found or (0, 0)
    p95 = statistics.quantiles(durations, n=20, method="inclusive")[-1]
    return Cost(statistics.median(durations), p95, max(durations), len(durations), readings, sensors)


def fill_the_hour(urls: Sequence[str], readings: int, sensors: int, older: int) -> None:
    """Fill the databases, and return when the filled hour is the last hour."""
    started_at = datetime.now(UTC)
    before = started_at - HOUR / 2
    for done in fill(urls[-1], older, sensors, before - OLDER_HOURS * HOUR, before - HOUR):
        print(f"{done:,} of {older:,} older readings", file=sys.stderr)
    ends = datetime.now(UTC) + timedelta(seconds=len(urls) * readings / ROWS_PER_SECOND)
    for url in urls:
        for done in fill(url, readings, sensors, ends - HOUR, ends):
            print(f"{done:,} of {readings:,}", file=sys.stderr)
        vacuum(url)
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))


def main() -> None:
    """Fill the databases, query them, and print the costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("urls", nargs="+", metavar="URL")
    parser.add_argument("--readings", type=int, default=3_600_000)
    parser.add_argument("--sensors", type=int, default=1_000)
    parser.add_argument("--older", type=int, default=0)
    options = parser.parse_args()
    fill_the_hour(options.urls, options.readings, options.sensors, options.older)
    costs = {
        "last_hour_summary": measure(options.urls),
        "last_hour_overall": measure(options.urls, OVERALL),
        "plain_scan": measure(options.urls, PLAIN_SCAN, runs=3),
    }
    print(json.dumps({name: [cost._asdict() for cost in each] for name, each in costs.items()}, indent=2))


if __name__ == "__main__":
    main()

"""The cost of the sensors' states: fill a migrated database with their minutes, then query them repeatedly.

`python -m benchmarks.sensor_states URL --sensors 5000 --days 365` fills the empty database at URL and prints
the costs as JSON. A minute of every sensor for a year would take 400 GB. Instead, ten sensors have every
minute, and the others have three minutes a day; four of five sensors still measure, and the others ended at
different times and have a single minute, for which an index in the order of time is useless.
"""

import argparse
import json
import time
from statistics import median, quantiles
from typing import LiteralString, NamedTuple

import psycopg

from benchmarks.summary import WITHOUT_TRIGGERS, vacuum
from db.queries.status import SENSORS

RUNS = 50
STATES = "SELECT * FROM sensor_states()"
PARAMETERS: LiteralString = """
CREATE TEMPORARY VIEW parameter AS
SELECT {sensors} AS sensors, {days} AS days, date_trunc('minute', now()) AS now_minute,
       date_trunc('minute', now()) - {days} * interval '1 day' AS begin
"""
REGISTER = "INSERT INTO sensor SELECT generate_series(1, sensors)::text FROM parameter"
MINUTE = "minute, sensor::text, 1, 20, 20, 20, minute + interval '30 seconds'"
EVERY_MINUTE = f"""
INSERT INTO rollup_minute SELECT {MINUTE}
FROM parameter, generate_series(begin, now_minute, '1 minute') AS minute, generate_series(1, 10) AS sensor
"""  # noqa: S608 (constants)
A_FEW_MINUTES = f"""
INSERT INTO rollup_minute SELECT {MINUTE}
FROM parameter,
     generate_series(begin, now_minute - interval '1 hour', '8 hours') AS minute,
     generate_series(11, sensors * 4 / 5) AS sensor
"""  # noqa: S608 (constants)
LAST_MINUTES = f"""
INSERT INTO rollup_minute SELECT {MINUTE}
FROM parameter,
     generate_series(now_minute - interval '20 minutes', now_minute, '1 minute') AS minute,
     generate_series(11, sensors * 4 / 5) AS sensor
"""  # noqa: S608 (constants)
SINGLE_MINUTES = f"""
INSERT INTO rollup_minute SELECT {MINUTE}
FROM (
    SELECT sensor, begin + (now_minute - begin) * (5 * sensor::float8 / sensors - 4) AS minute
    FROM parameter, generate_series(sensors * 4 / 5 + 1, sensors) AS sensor
) AS ended
"""  # noqa: S608 (constants)
CREATE_PARTITIONS = """
SELECT create_partition(day::date)
FROM parameter, generate_series(begin::date, current_date, '1 day') AS day
WHERE to_regclass('reading_' || to_char(day, 'YYYYMMDD')) IS NULL
"""
LAST_READINGS = """
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature)
SELECT gen_random_uuid(), sensor_id, max(last_measured_at), 20 FROM rollup_minute GROUP BY sensor_id
"""


class StatesCost(NamedTuple):
    """Milliseconds per query, and the numbers of sensors and minutes."""

    states_p50_ms: float
    states_p95_ms: float
    status_p50_ms: float
    status_p95_ms: float
    sensors: int
    minutes: int


def fill(url: str, sensors: int, days: int) -> None:
    """Register the sensors and write their minutes and last readings."""
    with psycopg.connect(url, autocommit=True, options="-c TimeZone=UTC") as connection:
        connection.execute(WITHOUT_TRIGGERS)
        connection.execute(PARAMETERS.format(sensors=sensors, days=days))
        steps = (
            *(REGISTER, EVERY_MINUTE, A_FEW_MINUTES, LAST_MINUTES, SINGLE_MINUTES),
            *(CREATE_PARTITIONS, LAST_READINGS),
        )
        for statement in steps:
            connection.execute(statement)
    vacuum(url)


def measure(url: str, runs: int = RUNS) -> StatesCost:
    """Query the states alone, and as the status query with the last hour; the first query does not count."""
    with psycopg.connect(url, autocommit=True) as connection:
        states, status = (_milliseconds(connection, query, runs) for query in (STATES, SENSORS))
        counted = connection.execute(
            "SELECT (SELECT count(*) FROM sensor_states()), (SELECT count(*) FROM rollup_minute)"
        ).fetchone()
    assert counted
    return StatesCost(median(states), _p95(states), median(status), _p95(status), *counted)


def _milliseconds(connection: psycopg.Connection, statement: LiteralString, runs: int) -> list[float]:
    durations = []
    for _ in range(runs + 1):
        started_at = time.perf_counter()
        connection.execute(statement).fetchall()
        durations.append((time.perf_counter() - started_at) * 1000)
    return durations[1:]


def _p95(durations: list[float]) -> float:
    return quantiles(durations, n=20, method="inclusive")[-1]


def main() -> None:
    """Fill the database, query it, and print the costs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url", metavar="URL")
    parser.add_argument("--sensors", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=365)
    options = parser.parse_args()
    fill(options.url, options.sensors, options.days)
    print(json.dumps(measure(options.url)._asdict()))


if __name__ == "__main__":
    main()

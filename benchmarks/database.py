"""The benchmark's own client of the database: it truncates and queries the tables."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from statistics import median
from typing import Any, LiteralString, NamedTuple
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from db.migrate import upgrade
from db.settings import DatabaseSettings
from runtime.settings import load

# The peers' table: this project's columns and a plain index on the time, without triggers or partitions.
PEER_TABLE = "peer_reading"
PROJECT_TABLE = "reading"
CREATE_PEER_TABLE: LiteralString = """
CREATE TABLE IF NOT EXISTS peer_reading (
    reading_id  uuid PRIMARY KEY,
    sensor_id   text NOT NULL,
    measured_at timestamptz NOT NULL,
    temperature double precision NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    run_id      uuid,
    sequence    bigint
);
CREATE INDEX IF NOT EXISTS peer_reading_measured_at ON peer_reading (measured_at)
"""
# Truncating the readings truncates their partitions and, by a trigger, their roll-ups.
WRITTEN_TABLES = (PROJECT_TABLE, "sensor", PEER_TABLE)
WINDOW: LiteralString = """
WITH committed AS MATERIALIZED (SELECT pg_xact_commit_timestamp(xmin) AS at FROM {table}),
     started_at AS (SELECT min(at) AS at FROM committed)
SELECT count(*) FILTER (WHERE committed.at > started_at.at),
       extract(epoch FROM max(committed.at) - started_at.at)::float8
FROM committed, started_at GROUP BY started_at.at
"""
LATENCIES: LiteralString = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - measured_at)::float8
FROM reading WHERE measured_at > {begin} AND measured_at <= {end}
"""
STORED: LiteralString = """
SELECT count(*) FROM (SELECT pg_xact_commit_timestamp(xmin) AS at FROM reading) AS committed
WHERE at > {begin} AND at <= {end}
"""
STORED_BYTES: LiteralString = """
SELECT sum(pg_total_relation_size(relid))::bigint
FROM (SELECT relid FROM pg_partition_tree('reading') UNION SELECT 'rollup_minute'::regclass) AS stored
"""
DELAYS: LiteralString = """
SELECT extract(epoch FROM at - measured_at)::float8
FROM (SELECT measured_at, pg_xact_commit_timestamp(xmin) AS at FROM {table}) AS committed
WHERE at > {begin} AND at <= {end}
"""
SUMMARY: LiteralString = """
SELECT sensor_id, readings, min_temperature, mean_temperature, max_temperature, last_temperature
FROM last_hour_summary
"""


ONE_ROW: LiteralString = """
INSERT INTO peer_reading (reading_id, sensor_id, measured_at, temperature)
VALUES (gen_random_uuid(), 'flush', now(), 0)
"""
FLUSHES = 100


class SensorSummary(NamedTuple):
    """A row of the last-hour summary."""

    readings: int
    min: float
    mean: float
    max: float
    last: float


class Database:
    """A client with one connection in autocommit mode."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._run(sql.SQL(CREATE_PEER_TABLE))

    @property
    def version(self) -> str:
        """The server's version."""
        return str(self._value(sql.SQL("SHOW server_version"))).split(maxsplit=1)[0]

    def truncate_all(self) -> None:
        """Truncate every table that contenders write to, and write a checkpoint."""
        for table in WRITTEN_TABLES:
            self._run(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table)))
        self._run(sql.SQL("CHECKPOINT"))

    @contextmanager
    def second_database(self) -> Iterator[str]:
        """Provide the URL of a second migrated database during the block."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS second WITH (FORCE)"))
        self._run(sql.SQL("CREATE DATABASE second"))
        url = urlsplit(self.url)._replace(path="/second").geturl()
        try:
            upgrade(load(DatabaseSettings, database_url=url))
            yield url
        finally:
            self._run(sql.SQL("DROP DATABASE second WITH (FORCE)"))

    def now(self) -> datetime:
        """Return the server's time."""
        now: datetime = self._value(sql.SQL("SELECT clock_timestamp()"))
        return now

    def count(self, table: str) -> int:
        """Return the number of committed rows."""
        return int(self._value(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))))

    def stored_bytes(self) -> int:
        """Return the size of all readings, with their indexes and roll-ups."""
        return int(self._value(sql.SQL(STORED_BYTES)))

    def commit_rate(self, table: str) -> float:
        """Return the rows per second between the first commit and the last.

        The rows of the first commit do not count, since the work for them was done before it.
        """
        statement = sql.SQL(WINDOW).format(table=sql.Identifier(table))
        rows, seconds = self._run(statement)[0]
        return float(rows / seconds) if seconds else 0.0

    def latencies(self, begin: datetime, end: datetime) -> list[float]:
        """Return the seconds from measurement to commit of each reading measured between these times."""
        statement = sql.SQL(LATENCIES).format(begin=sql.Literal(begin), end=sql.Literal(end))
        return [row[0] for row in self._run(statement)]

    def delays(self, table: str, begin: datetime, end: datetime) -> list[float]:
        """Return the seconds from measurement to commit of each reading committed between these times."""
        statement = sql.SQL(DELAYS).format(
            table=sql.Identifier(table), begin=sql.Literal(begin), end=sql.Literal(end)
        )
        return [row[0] for row in self._run(statement)]

    def stored(self, begin: datetime, end: datetime) -> int:
        """Return the number of readings that were committed between these times."""
        statement = sql.SQL(STORED).format(begin=sql.Literal(begin), end=sql.Literal(end))
        return int(self._value(statement))

    def flush_seconds(self) -> float:
        """Return how long a commit waits for the disk.

        PostgreSQL records the commit timestamp just before it flushes the commit, so this has to be added.
        """
        times = {}
        for synchronous in ("on", "off"):
            self._run(sql.SQL("SET synchronous_commit = {}").format(sql.Literal(synchronous)))
            times[synchronous] = median(self._commit_seconds() for _ in range(FLUSHES))
        self._run(sql.SQL("RESET synchronous_commit"))
        self._run(sql.SQL("TRUNCATE peer_reading"))
        return max(0.0, times["on"] - times["off"])

    def _commit_seconds(self) -> float:
        started_at = time.perf_counter()
        self._run(sql.SQL(ONE_ROW))
        return time.perf_counter() - started_at

    def summary(self) -> dict[str, SensorSummary]:
        """Return the last-hour summary by sensor."""
        return {row[0]: SensorSummary(*row[1:]) for row in self._run(sql.SQL(SUMMARY))}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _run(self, statement: sql.Composed | sql.SQL) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement)
        return cursor.fetchall() if cursor.description else []

    def _value(self, statement: sql.Composed | sql.SQL) -> Any:
        return self._run(statement)[0][0]

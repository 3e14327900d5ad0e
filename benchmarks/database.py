"""The bench's own bare client of the database: it empties and reads the tables."""

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

# Peers write here: the project's columns and a plain index on the time, without what this project adds.
PEER_TABLE = "peer_reading"
PROJECT_TABLE = "reading"
MAKE_PEER_TABLE: LiteralString = """
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
# Partitions are emptied with their table.
TABLES: LiteralString = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
  AND relname <> 'alembic_version'
"""
WINDOW: LiteralString = """
WITH committed AS MATERIALIZED (SELECT pg_xact_commit_timestamp(xmin) AS at FROM {table}),
     began AS (SELECT min(at) AS at FROM committed)
SELECT count(*) FILTER (WHERE committed.at > began.at),
       extract(epoch FROM max(committed.at) - began.at)::float8
FROM committed, began GROUP BY began.at
"""
DELAYS: LiteralString = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - measured_at)::float8
FROM reading WHERE measured_at > {begin} AND measured_at <= {end}
"""
STORED: LiteralString = """
SELECT count(*) FROM (SELECT pg_xact_commit_timestamp(xmin) AS at FROM reading) AS committed
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


class Measure(NamedTuple):
    """A sensor's line of the summary."""

    readings: int
    lowest: float
    mean: float
    highest: float
    last: float


class Database:
    """One connection, kept open, which commits each statement."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = psycopg.connect(url, autocommit=True)
        self._run(sql.SQL(MAKE_PEER_TABLE))

    @property
    def version(self) -> str:
        """The server's own version."""
        return str(self._value(sql.SQL("SHOW server_version"))).split(maxsplit=1)[0]

    def wipe(self) -> None:
        """Every table is empty, and no checkpoint is due."""
        for (table,) in self._run(sql.SQL(TABLES)):  # one by one: one may empty others by a trigger
            self._run(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))
        self._run(sql.SQL("CHECKPOINT"))

    @contextmanager
    def another(self) -> Iterator[str]:
        """The address of a second migrated database, which is there during the block."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS another WITH (FORCE)"))
        self._run(sql.SQL("CREATE DATABASE another"))
        url = urlsplit(self.url)._replace(path="/another").geturl()
        try:
            upgrade(load(DatabaseSettings, database_url=url))
            yield url
        finally:
            self._run(sql.SQL("DROP DATABASE another WITH (FORCE)"))

    def clock(self) -> datetime:
        """The server's time."""
        now: datetime = self._value(sql.SQL("SELECT clock_timestamp()"))
        return now

    def count(self, table: str) -> int:
        """How many rows are committed."""
        return int(self._value(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))))

    def rate(self, table: str) -> float:
        """Rows a second from the first commit to the last.

        Those of the first commit are not counted, since their work lies before it.
        """
        statement = sql.SQL(WINDOW).format(table=sql.Identifier(table))
        rows, seconds = self._run(statement)[0]
        return float(rows / seconds) if seconds else 0.0

    def delays(self, begin: datetime, end: datetime) -> list[float]:
        """Seconds from measurement to commit of each reading that was measured in between."""
        statement = sql.SQL(DELAYS).format(begin=sql.Literal(begin), end=sql.Literal(end))
        return [row[0] for row in self._run(statement)]

    def stored(self, begin: datetime, end: datetime) -> int:
        """How many readings were committed in between."""
        statement = sql.SQL(STORED).format(begin=sql.Literal(begin), end=sql.Literal(end))
        return int(self._value(statement))

    def flush_seconds(self) -> float:
        """How long a commit waits for the disk here.

        A commit's time is noted just before it is brought to the disk, so this is to be added.
        """
        times = {}
        for synchronous in ("on", "off"):
            self._run(sql.SQL("SET synchronous_commit = {}").format(sql.Literal(synchronous)))
            times[synchronous] = median(self._commit_seconds() for _ in range(FLUSHES))
        self._run(sql.SQL("RESET synchronous_commit"))
        self._run(sql.SQL("TRUNCATE peer_reading"))
        return max(0.0, times["on"] - times["off"])

    def _commit_seconds(self) -> float:
        began = time.perf_counter()
        self._run(sql.SQL(ONE_ROW))
        return time.perf_counter() - began

    def summary(self) -> dict[str, Measure]:
        """The last hour, as the view gives it."""
        return {row[0]: Measure(*row[1:]) for row in self._run(sql.SQL(SUMMARY))}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _run(self, statement: sql.Composed | sql.SQL) -> list[tuple[Any, ...]]:
        cursor = self._connection.execute(statement)
        return cursor.fetchall() if cursor.description else []

    def _value(self, statement: sql.Composed | sql.SQL) -> Any:
        return self._run(statement)[0][0]

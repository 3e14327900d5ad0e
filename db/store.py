"""The store: inserts each reading once, with one statement per batch."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog
from psycopg import Cursor
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from db.deadline import Deadline
from db.driver_errors import translate_errors
from db.engine import make_engine
from db.errors import InvalidData, PermissionDenied, StoreUnavailable
from db.insertion import Insertion, encode
from db.maintenance import PartitionMaintenance
from db.prepared import PreparedStatements
from db.replication import AWAIT_STANDBY, ReplicationWarnings
from db.settings import DatabaseSettings
from db.wake_up import WakeUp
from readings.dead_reading import DeadReading
from readings.model import Reading
from readings.plausible import PlausibleRanges, TemperatureRange
from readings.stored_reading import StoredReading
from runtime.tracing import Attributes, SpanKind, child_span

PLAUSIBLE_RANGES = "SELECT sensor_id, plausible_min, plausible_max FROM plausible_range"
PLAUSIBLE_INTERVAL_SECONDS = 4.0
REGISTER_SENSORS = """
INSERT INTO sensor (sensor_id)
SELECT * FROM unnest(%b::text[]) ORDER BY 1
ON CONFLICT DO NOTHING
"""
RECORD_DEAD = "SELECT record_dead_readings(%b::uuid[], %b::uuid[], %b::text[], %b::text[])"
FIND_STORED = "SELECT * FROM find_stored_readings(%b::uuid[], %b::text[], %b::timestamptz[])"
RETENTION = "SELECT current_date - min(days) FROM retention"
RETENTION_INTERVAL_SECONDS = 10.0
RETENTION_RETRY_SECONDS = 60.0
MAX_REMEMBERED_SENSORS = 100_000
# A consumer must stop within 10 seconds of SIGTERM, and waits for its statement. The server cancels the
# statement after the first limit; the second is for a server that is frozen.
STATEMENT_TIMEOUT_SECONDS = 6
SOCKET_TIMEOUT_SECONDS = STATEMENT_TIMEOUT_SECONDS + 1


# https://opentelemetry.io/docs/specs/semconv/db/postgresql/
INSERT_SPAN = "INSERT reading"
INSERT_ATTRIBUTES = {
    "db.system.name": "postgresql",
    "db.operation.name": "INSERT",
    "db.collection.name": "reading",
}


class Store:
    """The consumer's side of the database: one connection, opened on demand. For one thread.

    It also maintains the partitions every few seconds, so that no scheduler is required.
    """

    def __init__(self, settings: DatabaseSettings, name: str) -> None:
        self._engine: Engine = make_engine(
            settings, name=name, statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
        )
        self._connection: PoolProxiedConnection | None = None
        self._cursor: Cursor[Any] | None = None
        self._span_attributes: Attributes = INSERT_ATTRIBUTES
        self._deadline = Deadline(SOCKET_TIMEOUT_SECONDS)
        self._replication_warnings = ReplicationWarnings()
        self._prepared = PreparedStatements()
        self._registered: set[str] = set()
        self._insertion = Insertion(self._execute, self._execute_for_one)
        self._maintenance = PartitionMaintenance(self._execute)
        self._wake_up = WakeUp(self._execute)
        self._retained_since: datetime | None = None
        self._retention_due_at = 0.0
        self._plausible: dict[str, TemperatureRange] = {}
        self._plausible_due_at = 0.0

    def save(self, readings: Sequence[Reading]) -> int:
        """Store the readings that are not stored yet, commit, and return their number.

        Raises:
            InvalidData: When the database will never accept one of them; then none is stored.
            StoreUnavailable: When the database cannot store them now; some may be stored, and saving them
                again is harmless.
        """
        if not readings:
            return 0
        with child_span(INSERT_SPAN, SpanKind.CLIENT, self._span_attributes):
            self._register({reading.sensor_id for reading in readings} - self._registered)
            stored = self._insertion.insert(readings)
            if stored < len(readings):
                self._execute(AWAIT_STANDBY)
        self._wake_up.notify_if_due()
        self._maintenance.run_if_due()
        return stored

    def find_stored(self, readings: Sequence[Reading]) -> dict[int, StoredReading]:
        """Return what is stored under the IDs of these readings on the UTC days of their times, by position.

        Raises:
            StoreUnavailable: When the database does not answer.
        """
        columns = [list(column) for column in zip(*readings, strict=True)]
        self._execute(FIND_STORED, columns[:3])
        assert self._cursor is not None
        return {position - 1: StoredReading(*row) for position, *row in self._cursor.fetchall()}

    def record_dead(self, readings: Sequence[DeadReading]) -> None:
        """Record readings of file jobs that are about to be dead-lettered; those of others are ignored.

        Raises:
            InvalidData: When the database will never accept one of them.
            StoreUnavailable: When the database does not answer, or its schema is older.
        """
        self._execute(RECORD_DEAD, [list(column) for column in zip(*readings, strict=True)])

    def check(self) -> None:
        """Check that the database answers.

        Raises:
            StoreUnavailable: When it does not.
        """
        self._execute("SELECT 1")
        self._maintenance.run_if_due()

    def retained_since(self) -> datetime | None:
        """Return from when on readings are kept, as it was a few seconds ago; None if they are kept forever.

        While the database does not answer, the last value counts.
        """
        if time.monotonic() >= self._retention_due_at:
            try:
                self._retained_since = self._read_retained_since()
                self._retention_due_at = time.monotonic() + RETENTION_INTERVAL_SECONDS
            except (StoreUnavailable, InvalidData) as error:
                self._retention_due_at = time.monotonic() + RETENTION_RETRY_SECONDS
                hint = "run `sensorctl setup`" if isinstance(error, PermissionDenied) else None
                structlog.get_logger().warning("retention unknown", reason=str(error), hint=hint)
        return self._retained_since

    def plausible_ranges(self, installation: PlausibleRanges) -> PlausibleRanges:
        """Return the plausible ranges, with those of single sensors as they were a few seconds ago.

        Raises:
            StoreUnavailable: When they are due and the database does not answer.
        """
        if time.monotonic() >= self._plausible_due_at:
            self._execute(PLAUSIBLE_RANGES)
            assert self._cursor is not None
            self._plausible = {row[0]: TemperatureRange(*row[1:]) for row in self._cursor.fetchall()}
            self._plausible_due_at = time.monotonic() + PLAUSIBLE_INTERVAL_SECONDS
        return replace(installation, sensors=self._plausible) if self._plausible else installation

    def close(self) -> None:
        """Close the connection."""
        self._drop_connection()
        self._engine.dispose()
        self._deadline.close()

    def _read_retained_since(self) -> datetime | None:
        self._execute(RETENTION)
        assert self._cursor is not None
        (day,) = self._cursor.fetchone() or (None,)
        return day and datetime(day.year, day.month, day.day, tzinfo=UTC)

    def _register(self, sensors: set[str]) -> None:
        """Insert sensors that this process has not seen before, ahead of their first reading."""
        if not sensors:
            return
        self._execute(REGISTER_SENSORS, (list(sensors),))
        if len(self._registered) + len(sensors) > MAX_REMEMBERED_SENSORS:
            self._registered.clear()
        self._registered |= sensors

    def _execute(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        return self._run(lambda cursor: cursor.execute(statement, parameters).rowcount)

    def _execute_for_one(self, statement: str, reading: Reading) -> int:
        return self._run(lambda _: self._prepared.execute(statement, encode(reading)))

    def _run(self, execute: Callable[[Cursor[Any]], int]) -> int:
        try:
            with translate_errors():
                cursor = self._cursor or self._connect()
                with self._deadline:
                    rows = execute(cursor)
            self._replication_warnings.check()
        except Exception:
            self._drop_connection()
            raise
        return rows

    def _connect(self) -> Cursor[Any]:
        """Connect through SQLAlchemy; statements go directly to the driver, at half the cost."""
        self._connection = self._engine.raw_connection()
        driver: Any = self._connection.driver_connection
        self._deadline.attach(driver.fileno())
        self._replication_warnings.attach(driver)
        self._prepared.attach(driver)
        server = {"server.address": driver.info.host, "server.port": driver.info.port}
        self._span_attributes = INSERT_ATTRIBUTES | server
        self._cursor = driver.cursor()
        return self._cursor

    def _drop_connection(self) -> None:
        self._cursor = None
        self._registered.clear()  # the next connection may be to a server that lacks the last commits
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
            with suppress(SQLAlchemyError):
                self._connection.close()
            self._connection = None

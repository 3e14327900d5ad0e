"""The store: each reading goes in with one statement and is counted once."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from db.deadline import Deadline
from db.engine import STATEMENT_TIMEOUT_SECONDS, make_engine, socket_of, translated
from db.settings import DatabaseSettings

COLUMNS = "reading_id, sensor_id, measured_at, temperature, run_id, sequence"
# A reading that is stored already is passed over. %b sends values in binary. A single row has a statement
# of its own, because unnest costs a third more time at one row and a tenth at five hundred.
SAVE_ONE = f"""
INSERT INTO reading ({COLUMNS}) VALUES (%b, %b, %b, %b, %b, %b)
ON CONFLICT DO NOTHING
"""  # noqa: S608 (a constant)
# The order makes two writers of the same rows wait for each other instead of deadlocking.
SAVE_MANY = f"""
INSERT INTO reading ({COLUMNS})
SELECT * FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[], %b::float8[], %b::uuid[], %b::bigint[])
ORDER BY 1
ON CONFLICT DO NOTHING
"""  # noqa: S608 (a constant)
REGISTER = """
INSERT INTO sensor (sensor_id)
SELECT * FROM unnest(%b::text[]) ORDER BY 1
ON CONFLICT DO NOTHING
"""
MOST_REMEMBERED_SENSORS = 100_000
# The server cancels a statement first; this is for a server that does not even do that.
FROZEN_SECONDS = STATEMENT_TIMEOUT_SECONDS + 2


class StorableReading(Protocol):
    """What the store keeps of a reading: time with its offset, temperature in °C."""

    @property
    def reading_id(self) -> UUID: ...  # noqa: D102 (the class's docstring says it)
    @property
    def sensor_id(self) -> str: ...  # noqa: D102 (the class's docstring says it)
    @property
    def measured_at(self) -> datetime: ...  # noqa: D102 (the class's docstring says it)
    @property
    def temperature(self) -> float: ...  # noqa: D102 (the class's docstring says it)
    @property
    def run_id(self) -> UUID | None: ...  # noqa: D102 (the class's docstring says it)
    @property
    def sequence(self) -> int | None: ...  # noqa: D102 (the class's docstring says it)


class Store:
    """Keeps one connection, opened when it is needed and again after it was lost. For one thread."""

    def __init__(self, settings: DatabaseSettings, name: str) -> None:
        self._engine: Engine = make_engine(settings, name=name)
        self._connection: Connection | None = None
        self._deadline = Deadline(FROZEN_SECONDS)
        self._registered: set[str] = set()

    def save(self, readings: Sequence[StorableReading]) -> int:
        """Commit the readings that are new and give their number; the others are there already.

        Raises DataRejected when the database will never take them (none is stored then) and
        StoreUnavailable when it cannot now (they may be stored or not; saving again is harmless).
        """
        rows = [
            (r.reading_id, r.sensor_id, r.measured_at, r.temperature, r.run_id, r.sequence) for r in readings
        ]
        if not rows:
            return 0
        self._register({reading.sensor_id for reading in readings} - self._registered)
        if len(rows) == 1:
            return self._execute(SAVE_ONE, rows[0])
        return self._execute(SAVE_MANY, tuple(list(column) for column in zip(*rows, strict=True)))

    def check(self) -> None:
        """Return when the database answers. Raises StoreUnavailable."""
        self._execute("SELECT 1")

    def close(self) -> None:
        """Give the connection back."""
        self._drop_connection()
        self._engine.dispose()
        self._deadline.close()

    def _register(self, sensors: set[str]) -> None:
        """Register sensors that this process has not seen, before their first reading."""
        if not sensors:
            return
        self._execute(REGISTER, (list(sensors),))
        if len(self._registered) + len(sensors) > MOST_REMEMBERED_SENSORS:
            self._registered.clear()
        self._registered |= sensors

    def _execute(self, statement: str, parameters: tuple[Any, ...] = ()) -> int:
        try:
            with translated():
                connection = self._connection or self._connect()
                with self._deadline:
                    return connection.exec_driver_sql(statement, parameters).rowcount
        except Exception:
            self._drop_connection()
            raise

    def _connect(self) -> Connection:
        self._connection = self._engine.connect()
        self._deadline.watch(socket_of(self._connection))
        return self._connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
            with suppress(SQLAlchemyError):
                self._connection.close()
            self._connection = None

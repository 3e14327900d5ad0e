"""The store: readings go in with one statement and are counted once."""

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

# One statement for one reading or many: it registers sensors that are new and passes over readings
# that are stored already. The order makes two writers of the same rows wait for each other instead
# of deadlocking. %b sends arrays in binary.
SAVE = """
WITH incoming AS (
    SELECT * FROM unnest(
        %(reading_id)b::uuid[], %(sensor_id)b::text[], %(measured_at)b::timestamptz[],
        %(temperature)b::float8[], %(run_id)b::uuid[], %(sequence)b::bigint[]
    ) AS row (reading_id, sensor_id, measured_at, temperature, run_id, sequence)
), registered AS (
    INSERT INTO sensor (sensor_id)
    SELECT DISTINCT sensor_id FROM incoming
    WHERE NOT EXISTS (SELECT FROM sensor WHERE sensor.sensor_id = incoming.sensor_id)
    ORDER BY sensor_id
    ON CONFLICT DO NOTHING
)
INSERT INTO reading (reading_id, sensor_id, measured_at, temperature, run_id, sequence)
SELECT reading_id, sensor_id, measured_at, temperature, run_id, sequence FROM incoming
ORDER BY reading_id
ON CONFLICT DO NOTHING
"""
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

    def save(self, readings: Sequence[StorableReading]) -> int:
        """Commit the readings that are new and give their number; the others are there already.

        Raises DataRejected when the database will never take them (none is stored then) and
        StoreUnavailable when it cannot now (they may be stored or not; saving again is harmless).
        """
        columns = {
            "reading_id": [reading.reading_id for reading in readings],
            "sensor_id": [reading.sensor_id for reading in readings],
            "measured_at": [reading.measured_at for reading in readings],
            "temperature": [reading.temperature for reading in readings],
            "run_id": [reading.run_id for reading in readings],
            "sequence": [reading.sequence for reading in readings],
        }
        return self._execute(SAVE, columns)

    def check(self) -> None:
        """Return when the database answers. Raises StoreUnavailable."""
        self._execute("SELECT 1", {})

    def close(self) -> None:
        """Give the connection back."""
        self._drop_connection()
        self._engine.dispose()
        self._deadline.close()

    def _execute(self, statement: str, parameters: dict[str, Any]) -> int:
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

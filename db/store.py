"""The store: each reading goes in with one statement and is counted once."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from psycopg import Cursor
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from db.deadline import Deadline
from db.engine import make_engine, translate_errors
from db.maintenance import PartitionMaintenance
from db.settings import DatabaseSettings
from readings.model import Reading

COLUMNS = "reading_id, sensor_id, measured_at, temperature, run_id, sequence"
# A reading that is stored already is passed over. %b sends values in binary. A single row has a statement
# of its own, because unnest costs a third more time at one row and a tenth at five hundred.
SAVE_ONE = f"""
INSERT INTO reading ({COLUMNS}) VALUES (%b, %b, %b, %b, %b, %b)
ON CONFLICT DO NOTHING
"""  # noqa: S608 (a constant)
# The order makes two writers of the same rows wait for each other instead of deadlocking. Of two with one
# identity the first is stored.
SAVE_MANY = f"""
INSERT INTO reading ({COLUMNS})
SELECT {COLUMNS}
FROM unnest(%b::uuid[], %b::text[], %b::timestamptz[], %b::float8[], %b::uuid[], %b::bigint[])
    WITH ORDINALITY AS came ({COLUMNS}, place)
ORDER BY reading_id, place
ON CONFLICT DO NOTHING
"""  # noqa: S608 (a constant)
REGISTER = """
INSERT INTO sensor (sensor_id)
SELECT * FROM unnest(%b::text[]) ORDER BY 1
ON CONFLICT DO NOTHING
"""
MOST_REMEMBERED_SENSORS = 100_000
# A consumer that is to stop waits for its statement, and has 10 seconds in all. The server cancels the
# statement first; the second limit is for a server that does not even do that.
STATEMENT_TIMEOUT_SECONDS = 6
FROZEN_SECONDS = STATEMENT_TIMEOUT_SECONDS + 1


class Store:
    """Keeps one connection, opened when it is needed and again after it was lost. For one thread.

    Every few seconds it sees to the table's partitions too, so that consumers are all it takes.
    """

    def __init__(self, settings: DatabaseSettings, name: str) -> None:
        self._engine: Engine = make_engine(
            settings, name=name, statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
        )
        self._connection: PoolProxiedConnection | None = None
        self._cursor: Cursor[Any] | None = None
        self._deadline = Deadline(FROZEN_SECONDS)
        self._registered: set[str] = set()
        self._upkeep = PartitionMaintenance(self._execute)

    def save(self, readings: Sequence[Reading]) -> int:
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
            stored = self._execute(SAVE_ONE, rows[0])
        else:
            stored = self._execute(SAVE_MANY, tuple(list(column) for column in zip(*rows, strict=True)))
        self._upkeep.when_due()
        return stored

    def check(self) -> None:
        """Return when the database answers. Raises StoreUnavailable."""
        self._execute("SELECT 1")
        self._upkeep.when_due()

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
            with translate_errors():
                cursor = self._cursor or self._connect()
                with self._deadline:
                    return cursor.execute(statement, parameters).rowcount
        except Exception:
            self._drop_connection()
            raise

    def _connect(self) -> Cursor[Any]:
        """SQLAlchemy connects; what is executed goes to the driver as it is, at half the cost."""
        self._connection = self._engine.raw_connection()
        driver: Any = self._connection.driver_connection
        self._deadline.watch(driver.fileno())
        self._cursor = driver.cursor()
        return self._cursor

    def _drop_connection(self) -> None:
        self._cursor = None
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.invalidate()
            with suppress(SQLAlchemyError):
                self._connection.close()
            self._connection = None

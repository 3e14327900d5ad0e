"""The database session of the analysis, which has the lock of the one process that works."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from psycopg import Connection, Cursor
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from db.deadline import Deadline
from db.driver_errors import translate_errors
from db.engine import make_engine
from db.errors import StoreUnavailable
from db.settings import DatabaseSettings
from db.wake_up import CHANNEL

STATEMENT_TIMEOUT_SECONDS = 60
SOCKET_TIMEOUT_SECONDS = STATEMENT_TIMEOUT_SECONDS + 5
LEASE_SECONDS = 8.0
# The server ends the session, and with it the lock, when the process is frozen, killed, or on a host that is
# gone: without a statement, within a transaction, while it receives a result, or during a long statement.
SESSION = """
SELECT set_config('idle_session_timeout', %(lease)s, false),
       set_config('idle_in_transaction_session_timeout', %(lease)s, false),
       set_config('tcp_user_timeout', %(lease)s, false),
       set_config('client_connection_check_interval', %(check)s, false)
"""
LOCK = "SELECT lock_analysis()"


class AnalysisSession:
    """One connection, which is opened on demand. For one thread.

    While it has the lock, it must execute a statement within `lease_seconds`. Every method raises
    StoreUnavailable if the database does not answer; then the lock is lost.
    """

    def __init__(self, settings: DatabaseSettings, lease_seconds: float = LEASE_SECONDS) -> None:
        self._engine: Engine = make_engine(
            settings, name="analysis", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
        )
        self._lease_seconds = lease_seconds
        self._deadline = Deadline(SOCKET_TIMEOUT_SECONDS)
        self._connection: PoolProxiedConnection | None = None
        self._driver: Connection[Any] | None = None

    def lock(self) -> bool:
        """Take the lock; return whether this session has it now."""
        with self.cursor() as cursor:
            row = cursor.execute(LOCK).fetchone()
            return bool(row and row[0])

    def wait(self, seconds: float) -> None:
        """Wait until a consumer has stored readings, or for at most some seconds."""
        with self._driver_errors() as driver:
            for _ in driver.notifies(timeout=seconds, stop_after=1):
                pass

    @contextmanager
    def cursor(self) -> Iterator[Cursor[Any]]:
        """Yield a cursor whose statements are each committed."""
        with self._driver_errors() as driver, self._deadline:
            yield driver.cursor(binary=True)

    @contextmanager
    def transaction(self) -> Iterator[Cursor[Any]]:
        """Yield a cursor within a transaction."""
        with self.cursor() as cursor, cursor.connection.transaction():
            yield cursor

    def disconnect(self) -> None:
        """Close the connection, and so release the lock."""
        connection, self._connection, self._driver = self._connection, None, None
        if connection is not None:
            with suppress(SQLAlchemyError):
                connection.invalidate()

    def close(self) -> None:
        """Close everything."""
        self.disconnect()
        self._engine.dispose()
        self._deadline.close()

    @contextmanager
    def _driver_errors(self) -> Iterator[Connection[Any]]:
        try:
            with translate_errors():
                yield self._driver or self._connect()
        except StoreUnavailable:
            self.disconnect()
            raise

    def _connect(self) -> Connection[Any]:
        self._connection = self._engine.raw_connection()
        driver: Any = self._connection.driver_connection
        self._deadline.attach(driver.fileno())
        lease_milliseconds = f"{self._lease_seconds * 1000:.0f}"
        with self._deadline:
            driver.execute(SESSION, {"lease": lease_milliseconds, "check": "1s"})
            driver.execute(f"LISTEN {CHANNEL}")
        self._driver = driver
        return self._driver

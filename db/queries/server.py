"""Reads the state of the server itself, of several the primary's."""

from typing import Any

from sqlalchemy import text

from db.driver_errors import translate_errors
from db.engine import make_engine
from db.queries.backup import BackupState, read_backup
from db.settings import DatabaseSettings

# The lock is that of the function lock_analysis, in this database.
IS_ANALYSED = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 0 AND objid = 5675004 AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""

READ_ONLY = """
SELECT CASE
    WHEN pg_is_in_recovery() THEN 'it is a standby'
    WHEN current_setting('default_transaction_read_only')::boolean THEN 'default_transaction_read_only is on'
END
"""


class Server:
    """Reads the server's version, clock and locks, and its backup.

    Every method raises StoreUnavailable if the database does not answer.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine = make_engine(settings, name="server")

    def time(self) -> float:
        """Return the server's clock in seconds since 1970."""
        return float(self._value("SELECT extract(epoch FROM clock_timestamp())"))

    def version(self) -> str:
        """Return the version of the server."""
        return str(self._value("SHOW server_version"))

    def read_only_reason(self) -> str | None:
        """Return why the server accepts no writes; None if it does."""
        reason = self._value(READ_ONLY)
        return None if reason is None else str(reason)

    def is_analysed(self) -> bool:
        """Return whether a process analyses the stored readings: it holds the lock for that."""
        return bool(self._value(IS_ANALYSED))

    def backup(self) -> BackupState | None:
        """Return the state of the continuous backup; None if there is none."""
        with translate_errors(), self._engine.connect() as connection:
            return read_backup(connection)

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def _value(self, statement: str) -> Any:
        with translate_errors(), self._engine.connect() as connection:
            return connection.execute(text(statement)).scalar_one()

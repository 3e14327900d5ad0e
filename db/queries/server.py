"""Reads the state of the server itself, of several the primary's."""

from typing import Any, NamedTuple

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

# A short wait is usual: two consumers may store into the same minute. Every role may read these columns.
LOCK_HOLDERS = """
SELECT DISTINCT holder.application_name AS name, holder.usename AS role, holder.pid
FROM pg_locks AS waiting
JOIN pg_stat_activity AS waiter ON waiter.pid = waiting.pid AND waiter.datname = current_database()
CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocking (pid)
JOIN pg_stat_activity AS holder ON holder.pid = blocking.pid
WHERE NOT waiting.granted AND waiting.waitstart < clock_timestamp() - interval '1 second'
  AND NOT EXISTS (SELECT FROM pg_locks WHERE pg_locks.pid = holder.pid AND NOT granted)
ORDER BY pid
"""

# The lock of the analysis is held as long as it runs, and nothing else waits for it.
LOCKS_OF_OTHERS = """
SELECT EXISTS (
    SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND granted AND locktype <> 'virtualxid'
      AND NOT (locktype = 'advisory' AND classid = 0 AND objid = 5675004 AND objsubid = 1)
)
"""

READ_ONLY = """
SELECT CASE
    WHEN pg_is_in_recovery() THEN 'it is a standby'
    WHEN current_setting('default_transaction_read_only')::boolean THEN 'default_transaction_read_only is on'
END
"""


class LockHolder(NamedTuple):
    """A session that other sessions wait for, because of a lock that it holds."""

    name: str  # its application_name, which may be empty
    role: str
    pid: int

    def __str__(self) -> str:
        return f"{self.name or 'a client'} (role {self.role}, PID {self.pid})"


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

    def lock_holders(self) -> list[LockHolder]:
        """Return the sessions that keep others waiting for a lock for longer than a second."""
        with translate_errors(), self._engine.connect() as connection:
            return [LockHolder._make(row) for row in connection.execute(text(LOCK_HOLDERS))]

    def has_locks_of_others(self) -> bool:
        """Return whether any other session holds a lock that a session could wait for."""
        return bool(self._value(LOCKS_OF_OTHERS))

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

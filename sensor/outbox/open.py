"""Opens the outbox's file: makes it, claims it for this process, and moves a damaged one aside."""

import errno
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from runtime.errors import ConfigurationError, ServiceUnavailable
from sensor.outbox.sqlite import OutboxFile

# Time for a predecessor to end.
CLAIM_SECONDS = 1.0
# Readings are written at the end and read from the beginning, once each: a larger cache would gain nothing.
CACHE_KIB = 256
COMPANIONS = ("", "-wal", "-shm", "-journal")
TABLE = """
CREATE TABLE IF NOT EXISTS waiting (
    row INTEGER PRIMARY KEY, sensor_id TEXT NOT NULL, message_id TEXT NOT NULL, body BLOB NOT NULL
)
"""
IN_USE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
MAY_COME_BACK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def open_file(path: Path, on_damage: Callable[[Path, str], None]) -> OutboxFile:
    """The file at `path`, made if there is none, for this process alone.

    A damaged one is moved aside; `on_damage` hears where to and why. Raises ConfigurationError when the
    path is of no use or another process has it, and ServiceUnavailable when the disk is full or broken.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _open(path)
        except sqlite3.DatabaseError as error:
            if _code(error) not in DAMAGED:
                raise
            on_damage(_move_aside(path), str(error))
            return _open(path)
    except (OSError, sqlite3.Error) as error:
        raise _refusal(path, error) from error


def _open(path: Path) -> OutboxFile:
    connection = sqlite3.connect(path, timeout=CLAIM_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        # The lock is taken by the first statement that reads and lasts as long as the connection.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        _check(connection, path)
        connection.execute(TABLE)
        return OutboxFile(connection)
    except BaseException:
        connection.close()
        raise


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if not os.access(path, os.W_OK):  # SQLite would open it for reading
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        error = sqlite3.DatabaseError(verdict)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _move_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    for ending in COMPANIONS:  # a log that stayed would be played into the new file
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + ending))
    return aside


def _refusal(path: Path, error: OSError | sqlite3.Error) -> Exception:
    code = _code(error)
    if code in IN_USE:
        return ConfigurationError(
            f"OUTBOX_PATH is {path}, which another process uses. Each sensor needs a file of its own."
        )
    why = error.strerror if isinstance(error, OSError) else str(error)
    if code in MAY_COME_BACK or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO)):
        return ServiceUnavailable(f"the outbox {path} cannot be opened: {why}")
    return ConfigurationError(
        f"OUTBOX_PATH is {path}, which cannot be used: {why}. "
        "Choose a file in a directory in which this user may write."
    )


def _code(error: Exception) -> int:
    """SQLite's primary error code; 0 for an error of anything else."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF

"""Opening of the outbox's file: creates it, locks it, and quarantines a damaged one."""

import errno
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from runtime.errors import ConfigurationError, ErrorTranslator, ServiceUnavailable
from sensor.outbox.sqlite import OutboxFile

# A previous process of this sensor may still be shutting down.
LOCK_TIMEOUT_SECONDS = 1.0
# Each reading is written once at the end and read once from the start, so a larger cache would not help.
CACHE_KIB = 256
FILE_SUFFIXES = ("", "-wal", "-shm", "-journal")
# The table has kept its name since 0.1.0, whose files are still opened.
CREATE_TABLE = """
CREATE TABLE IF NOT EXISTS waiting (
    row INTEGER PRIMARY KEY, sensor_id TEXT NOT NULL, message_id TEXT NOT NULL, body BLOB NOT NULL, trace TEXT
)
"""
# The trace is JSON; files of versions before 0.2.0 lack it.
ADD_TRACE = "ALTER TABLE waiting ADD COLUMN trace TEXT"
LOCKED_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
DAMAGED_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
TEMPORARY_CODES = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
TEMPORARY_ERRNOS = {errno.ENOSPC, errno.EIO}


def open_outbox_file(path: Path, on_damage: Callable[[Path, str], None]) -> OutboxFile:
    """Open the file at `path` for this process alone, and create it if it does not exist.

    A damaged file is renamed and replaced by an empty one; `on_damage` receives its new path and the reason.

    Raises:
        ConfigurationError: When the path cannot be used, or another process uses the file.
        ServiceUnavailable: When the disk is full or fails.
    """
    with ErrorTranslator(lambda error: _translate(path, error)):
        path.parent.mkdir(parents=True, exist_ok=True)
        return _open_or_replace(path, on_damage)


def _open_or_replace(path: Path, on_damage: Callable[[Path, str], None]) -> OutboxFile:
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if _primary_code(error) not in DAMAGED_CODES:
            raise
        on_damage(_quarantine(path), str(error))
        return _open(path)


def _open(path: Path) -> OutboxFile:
    connection = sqlite3.connect(
        path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        # The first statement that reads takes the lock, which lasts as long as the connection.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        _check(connection, path)
        connection.execute(CREATE_TABLE)
        if "trace" not in {name for _, name, *_ in connection.execute("PRAGMA table_info(waiting)")}:
            connection.execute(ADD_TRACE)
        return OutboxFile(connection)
    except BaseException:
        connection.close()
        raise


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if not os.access(path, os.W_OK):  # SQLite would fall back to opening it read-only
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if result != "ok":
        error = sqlite3.DatabaseError(result)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _quarantine(path: Path) -> Path:
    quarantined = path.with_name(f"{path.name}.corrupt-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    for suffix in FILE_SUFFIXES:  # SQLite would replay a WAL that stayed into the new file
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.rename(quarantined.with_name(quarantined.name + suffix))
    return quarantined


def _translate(path: Path, error: BaseException) -> Exception | None:
    if not isinstance(error, OSError | sqlite3.Error):
        return None
    code = _primary_code(error)
    if code in LOCKED_CODES:
        return ConfigurationError(
            f"OUTBOX_PATH is {path}, which another process uses. Each sensor needs a file of its own."
        )
    reason = error.strerror if isinstance(error, OSError) else str(error)
    if code in TEMPORARY_CODES or (isinstance(error, OSError) and error.errno in TEMPORARY_ERRNOS):
        return ServiceUnavailable(f"the outbox {path} cannot be opened: {reason}")
    return ConfigurationError(
        f"OUTBOX_PATH is {path}, which cannot be used: {reason}. "
        "Set it to a file in a directory that this user can write to."
    )


def _primary_code(error: Exception) -> int:
    """Return SQLite's primary error code, or 0 for an error that is not SQLite's."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF

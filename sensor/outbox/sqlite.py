"""The SQLite file of the outbox, in which readings survive a kill of the sensor."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from runtime.tracing import TRACEPARENT
from sensor.outbox.entry import OutboxEntry

VACUUM_THRESHOLD_PAGES = 2_500

_INSERT = "INSERT OR REPLACE INTO waiting (row, sensor_id, message_id, body, trace) VALUES (?, ?, ?, ?, ?)"
_READ = """
SELECT row, sensor_id, message_id, body, trace FROM waiting WHERE row > ? AND row <= ? ORDER BY row LIMIT ?
"""
_TRACEPARENT = re.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_NTH_OLDEST = "SELECT row FROM waiting ORDER BY row LIMIT 1 OFFSET ?"


class OutboxFileFailed(Exception):
    """The disk is full or fails; the file is unchanged."""


class OutboxFile:
    """Entries by row number, which only grows while the process runs. Only one thread at a time may use it.

    A change survives a kill of the process at once. It survives a power failure once it is synced: at each
    commit, or, with `sync_each_commit(False)`, at the next checkpoint.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use a connection of `open_outbox_file`: in autocommit mode, with an exclusive lock on the file."""
        self._connection = connection
        # Damage to a text, which SQLite does not find, must not keep the rows after it from being read.
        connection.text_factory = _decode_text
        self._syncs_each_commit = True
        self.row_count: int
        self.last_row: int
        self.row_count, self.last_row = connection.execute(
            "SELECT count(*), coalesce(max(row), 0) FROM waiting"
        ).fetchone()

    def append(self, entries: Sequence[OutboxEntry]) -> range:
        """Store all entries or none, and return their rows.

        Raises:
            OutboxFileFailed: When the disk is full or fails.
        """
        rows = range(self.last_row + 1, self.last_row + 1 + len(entries))
        # A commit that failed halfway may have stored these rows, hence OR REPLACE.
        with self._transaction():
            self._connection.executemany(
                _INSERT,
                (
                    (row, entry.sensor_id, entry.message_id, entry.body, _encode_trace(entry))
                    for row, entry in zip(rows, entries, strict=True)
                ),
            )
        self.last_row += len(entries)
        self.row_count += len(entries)
        return rows

    def read(self, after: int, until: int, limit: int) -> list[tuple[int, OutboxEntry]]:
        """Return the first `limit` entries with their rows, above `after` and up to `until`, in order.

        Raises:
            OutboxFileFailed: When the file cannot be read.
        """
        with _translate_errors():
            found = self._connection.execute(_READ, (after, until, limit)).fetchall()
        return [
            (row, OutboxEntry(sensor_id, message_id, body, _decode_trace(trace)))
            for row, sensor_id, message_id, body, trace in found
        ]

    def delete(self, rows: Iterable[int]) -> None:
        """Delete these rows.

        Raises:
            OutboxFileFailed: When the disk is full or fails.
        """
        with self._transaction():
            cursor = self._connection.executemany(
                "DELETE FROM waiting WHERE row = ?", ((row,) for row in sorted(rows))
            )
        self.row_count -= cursor.rowcount
        if self.row_count == 0:
            self._shrink()

    def drop_oldest(self, count: int) -> int:
        """Delete the oldest `count` entries, and return the last deleted row.

        Raises:
            OutboxFileFailed: When the disk is full or fails.
        """
        with _translate_errors():
            last: int = self._connection.execute(_NTH_OLDEST, (count - 1,)).fetchone()[0]
            cursor = self._connection.execute("DELETE FROM waiting WHERE row <= ?", (last,))
        self.row_count -= cursor.rowcount
        return last

    @property
    def syncs_each_commit(self) -> bool:
        """Whether each commit waits for the disk (fsync)."""
        return self._syncs_each_commit

    def sync_each_commit(self, enabled: bool) -> None:  # noqa: FBT001 (the name says what it enables)
        """Let each commit wait for the disk, or none. Enabling it also syncs the earlier commits.

        Raises:
            OutboxFileFailed: When the disk is full or fails.
        """
        if enabled == self._syncs_each_commit:
            return
        with _translate_errors():
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if enabled else 'NORMAL'}")
            if enabled:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        self._syncs_each_commit = enabled

    def close(self) -> None:
        """Close the file and release its lock.

        Raises:
            OutboxFileFailed: When the disk is full or fails.
        """
        with _translate_errors():
            self._connection.close()

    def _shrink(self) -> None:
        """Return the space that a long outage used to the file system; fast, since the file is empty."""
        with suppress(sqlite3.Error):  # the rows are deleted all the same
            if self._connection.execute("PRAGMA page_count").fetchone()[0] > VACUUM_THRESHOLD_PAGES:
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _translate_errors():
            try:
                self._connection.execute("BEGIN")
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite rolls back by itself after some errors
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                raise


def _encode_trace(entry: OutboxEntry) -> str | None:
    return json.dumps(entry.trace) if entry.trace else None


def _decode_trace(text: str | None) -> dict[str, str] | None:
    """Return the headers of a trace; None without one, or if they are damaged."""
    try:
        headers = json.loads(text) if text else None
    except ValueError:
        return None
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        return None
    return headers if _TRACEPARENT.fullmatch(headers.get(TRACEPARENT, "")) else None


def _decode_text(text: bytes) -> str:
    return text.decode(errors="replace")


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise OutboxFileFailed(str(error)) from error

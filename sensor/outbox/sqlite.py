"""The SQLite file in which readings wait, so that a sensor that is killed loses none of them."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

SHRINK_ABOVE_PAGES = 2_500

_INSERT = "INSERT OR REPLACE INTO waiting (row, sensor_id, message_id, body) VALUES (?, ?, ?, ?)"
_READ = "SELECT row, sensor_id, message_id, body FROM waiting WHERE row > ? AND row <= ? ORDER BY row LIMIT ?"
_NTH_OLDEST = "SELECT row FROM waiting ORDER BY row LIMIT 1 OFFSET ?"


class OutboxFileFailed(Exception):
    """The disk is full or broken; the file is as it was before."""


class OutboxEntry(NamedTuple):
    """A reading as it will be published."""

    sensor_id: str
    message_id: str
    body: bytes
    message: Mapping[str, Any] | None = None
    """What the body says, as long as it is at hand; the file does not keep it."""


class OutboxFile:
    """Readings by row number, which only grows while the process runs. One thread at a time uses it.

    Its methods raise OutboxFileFailed. What they did survives the process at once, and a power cut once
    it is synced: at each commit or, if that is switched off, now and then.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """`connection` is in autocommit mode and alone on a file of this form; `opening` makes it."""
        self._connection = connection
        self._syncs = True
        self.rows: int
        self.last_row: int
        self.rows, self.last_row = connection.execute(
            "SELECT count(*), coalesce(max(row), 0) FROM waiting"
        ).fetchone()

    def append(self, readings: Sequence[OutboxEntry]) -> range:
        """Keep the readings, all or none; gives their rows."""
        rows = range(self.last_row + 1, self.last_row + 1 + len(readings))
        # A commit that failed half-way may have left these rows, hence OR REPLACE.
        with self._transaction():
            self._connection.executemany(
                _INSERT,
                (
                    (row, reading.sensor_id, reading.message_id, reading.body)
                    for row, reading in zip(rows, readings, strict=True)
                ),
            )
        self.last_row += len(readings)
        self.rows += len(readings)
        return rows

    def read(self, after: int, until: int, limit: int) -> list[tuple[int, OutboxEntry]]:
        """The first `limit` readings of the rows above `after` up to `until`, in order."""
        with _translated():
            found = self._connection.execute(_READ, (after, until, limit)).fetchall()
        return [(row, OutboxEntry(*reading)) for row, *reading in found]

    def delete(self, rows: Iterable[int]) -> None:
        """Forget these rows."""
        with self._transaction():
            done = self._connection.executemany(
                "DELETE FROM waiting WHERE row = ?", ((row,) for row in sorted(rows))
            )
        self.rows -= done.rowcount
        if self.rows == 0:
            self._shrink()

    def drop_oldest(self, readings: int) -> int:
        """Forget the oldest so many readings; gives the last row that went."""
        with _translated():
            last: int = self._connection.execute(_NTH_OLDEST, (readings - 1,)).fetchone()[0]
            done = self._connection.execute("DELETE FROM waiting WHERE row <= ?", (last,))
        self.rows -= done.rowcount
        return last

    @property
    def syncs_each_commit(self) -> bool:
        """Whether each commit waits for the disk."""
        return self._syncs

    def sync_each_commit(self, wanted: bool) -> None:  # noqa: FBT001 (it reads as a sentence)
        """Let each commit wait for the disk, what was committed before included, or let none."""
        if wanted == self._syncs:
            return
        with _translated():
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if wanted else 'NORMAL'}")
            if wanted:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        self._syncs = wanted

    def close(self) -> None:
        """Give the file back."""
        with _translated():
            self._connection.close()

    def _shrink(self) -> None:
        """Give the disk back what a long outage took; an empty file is rewritten in a moment."""
        with suppress(sqlite3.Error):  # the readings are gone all the same
            if self._connection.execute("PRAGMA page_count").fetchone()[0] > SHRINK_ABOVE_PAGES:
                self._connection.execute("VACUUM")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with _translated():
            try:
                self._connection.execute("BEGIN")
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # some errors have rolled back by themselves
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                raise


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise OutboxFileFailed(str(error)) from error

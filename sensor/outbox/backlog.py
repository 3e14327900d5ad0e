"""The part of the outbox that is on disk only."""

from collections import deque
from collections.abc import Container

from sensor.outbox.entry import PendingEntry
from sensor.outbox.sqlite import OutboxFile

CHUNK_READINGS = 500


class Backlog:
    """The rows of the file up to `last_row`, in order. `chunk` holds the oldest of them, read in advance."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._last_loaded_row = 0
        self.last_row = file.last_row
        self.chunk: deque[PendingEntry] = deque()

    @property
    def has_more(self) -> bool:
        """Whether rows may follow the chunk."""
        return self._last_loaded_row < self.last_row

    def load(self, confirmed_rows: Container[int]) -> None:
        """Load the next chunk once the current one is empty, without the rows that are confirmed.

        Raises:
            OutboxFileFailed: When the file cannot be read.
        """
        while not self.chunk and self.has_more:
            loaded = self._file.read(self._last_loaded_row, self.last_row, CHUNK_READINGS)
            self._last_loaded_row = loaded[-1][0] if loaded else self.last_row
            self.chunk.extend(PendingEntry(entry, row) for row, entry in loaded if row not in confirmed_rows)

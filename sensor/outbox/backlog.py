"""The part of the outbox that is on disk only."""

from collections import deque
from collections.abc import Container
from dataclasses import dataclass

from sensor.outbox.sqlite import OutboxEntry, OutboxFile

CHUNK_READINGS = 500


@dataclass(slots=True, eq=False)
class Waiting:
    """A reading that waits, and its row in the file; 0 while it is in memory only."""

    reading: OutboxEntry
    row: int = 0
    dropped: bool = False


class Backlog:
    """The file's rows up to `until`, in order; the first ones, read in advance, are in `chunk`."""

    def __init__(self, file: OutboxFile) -> None:
        self._file = file
        self._after = 0
        self.until = file.last_row
        self.chunk: deque[Waiting] = deque()

    @property
    def more(self) -> bool:
        """Whether rows may follow the chunk."""
        return self._after < self.until

    def load(self, confirmed: Container[int]) -> None:
        """Read the next chunk, without those that are confirmed and not deleted yet."""
        while not self.chunk and self.more:
            found = self._file.read(self._after, self.until, CHUNK_READINGS)
            self._after = found[-1][0] if found else self.until
            self.chunk.extend(Waiting(reading, row) for row, reading in found if row not in confirmed)

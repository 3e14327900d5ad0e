"""The bytes of a file that is open only while a part of it is read."""

from pathlib import Path

PART_BYTES = 1024


class FileParts:
    """Reads a file in small parts, and opens it for each.

    A process may replay files for thousands of sensors: more than it may have open, and than it has memory
    for larger parts of.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._offset = 0

    def read1(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end.

        Raises:
            OSError: When the file cannot be read any more.
        """
        with self._path.open("rb") as file:
            file.seek(self._offset)
            part = file.read(min(size, PART_BYTES))
        self._offset += len(part)
        return part

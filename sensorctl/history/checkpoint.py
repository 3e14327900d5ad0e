"""The checkpoint of an import: the position in the file up to which everything is published."""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from readings.files.file_readings import FilePosition
from readings.ids import uuid7

SUFFIX = ".checkpoint"
CHUNK_BYTES = 1024 * 1024


class Checkpoint:
    """Keeps the position and the ID of an import in a small file next to the imported one.

    It is valid for the same `options` (everything else that decides what is published, and where), as long as
    the bytes before the position have the same SHA-256: an import continues after lines were appended to the
    file, and starts from the beginning, with a new ID, after the file was changed. If the checkpoint cannot
    be written, `write_error` says why.
    """

    def __init__(self, file: Path, options: str) -> None:
        self._file = file
        self._path = file.with_name(file.name + SUFFIX)
        self._options_digest = hashlib.sha256(options.encode()).hexdigest()
        self._content_digest = hashlib.sha256()
        self._digested_bytes = 0
        self.import_id = uuid7()
        self.write_error: str | None = None

    def load(self) -> FilePosition:
        """Return the position to continue from; the start of the file if there is no valid checkpoint."""
        try:
            saved = json.loads(self._path.read_bytes())
            position = FilePosition(*(int(saved[name]) for name in FilePosition._fields))
            import_id = UUID(saved["import_id"])
            if saved["options_sha256"] == self._options_digest and saved[
                "content_sha256"
            ] == self._content_sha256(position.offset):
                self.import_id = import_id
                return position
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        self._content_digest, self._digested_bytes = hashlib.sha256(), 0
        return FilePosition()

    def save(self, position: FilePosition) -> None:
        """Write the position atomically: after a kill, either this or the previous one is found."""
        partial = self._path.with_name(f".{self._path.name}.{os.getpid()}.partial")
        try:
            record = {
                **position._asdict(),
                "import_id": str(self.import_id),
                "options_sha256": self._options_digest,
                "content_sha256": self._content_sha256(position.offset),
            }
            partial.write_text(json.dumps(record))
            partial.replace(self._path)
        except OSError as error:
            self.write_error = error.strerror or str(error)
            with suppress(OSError):
                partial.unlink()

    def delete(self) -> None:
        """Delete the checkpoint, because the import is complete."""
        with suppress(OSError):
            self._path.unlink()

    def _content_sha256(self, end: int) -> str:
        """Return the digest of the bytes before `end`, which must not decrease between calls."""
        with self._file.open("rb") as file:
            file.seek(self._digested_bytes)
            while self._digested_bytes < end and (
                chunk := file.read(min(CHUNK_BYTES, end - self._digested_bytes))
            ):
                self._content_digest.update(chunk)
                self._digested_bytes += len(chunk)
        return self._content_digest.hexdigest() if self._digested_bytes == end else ""

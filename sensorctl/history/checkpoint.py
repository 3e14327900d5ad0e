"""How far a file was imported, in a small file beside it."""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from sensorctl.history.csv_file import Place

SUFFIX = ".import"
CHUNK_BYTES = 1024 * 1024


class Checkpoint:
    """The place up to which a file was imported, as long as file, meaning and destination are the same.

    `meaning` is whatever else decides what is published and where. The bytes before the place are
    remembered as their SHA-256, so that a file that has grown goes on and one that was changed begins anew.
    Where it cannot be written, `reason` says why, and an import that is interrupted begins anew.
    """

    def __init__(self, file: Path, meaning: str) -> None:
        self._file = file
        self._path = file.with_name(file.name + SUFFIX)
        self._meaning = hashlib.sha256(meaning.encode()).hexdigest()
        self._digest = hashlib.sha256()
        self._digested = 0
        self.reason: str | None = None

    def place(self) -> Place:
        """Where to go on; the beginning if there is nothing to go on with."""
        try:
            noted = json.loads(self._path.read_bytes())
            place = Place(*(int(noted[name]) for name in Place._fields))
            if noted["meaning"] == self._meaning and noted["sha256"] == self._fingerprint(place.offset):
                return place
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self._digest, self._digested = hashlib.sha256(), 0
        return Place()

    def keep(self, place: Place) -> None:
        """Note the place; a kill at any moment leaves this one or the one before."""
        partial = self._path.with_name(f".{self._path.name}.{os.getpid()}.partial")
        try:
            noted = {
                **place._asdict(),
                "meaning": self._meaning,
                "sha256": self._fingerprint(place.offset),
            }
            partial.write_text(json.dumps(noted))
            partial.replace(self._path)
        except OSError as error:
            self.reason = error.strerror or str(error)
            with suppress(OSError):
                partial.unlink()

    def remove(self) -> None:
        """The file is imported to its end."""
        with suppress(OSError):
            self._path.unlink()

    def _fingerprint(self, end: int) -> str:
        """Of the file's bytes before `end`, which only grows."""
        with self._file.open("rb") as file:
            file.seek(self._digested)
            while self._digested < end and (chunk := file.read(min(CHUNK_BYTES, end - self._digested))):
                self._digest.update(chunk)
                self._digested += len(chunk)
        return self._digest.hexdigest() if self._digested == end else ""

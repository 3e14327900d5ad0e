"""The binary form of a state: a header with kind, version and checksum, then numbers without names."""

from __future__ import annotations

import struct
import zlib
from array import array
from typing import Protocol

MAGIC = b"SENA"
_HEADER = struct.Struct("<4s16sHI")  # magic, kind, version, CRC-32 of what follows
_LENGTH = struct.Struct("<I")


class InvalidState(Exception):
    """A state cannot be restored: it is damaged, of another kind, or of a newer version."""


class Writer:
    """Writes a state."""

    def __init__(self, kind: str, version: int) -> None:
        self._kind = kind
        self._version = version
        self._parts: list[bytes] = []

    def doubles(self, *values: float) -> None:
        """Write values exactly."""
        self._parts.append(struct.pack(f"<{len(values)}d", *values))

    def floats(self, values: array[float]) -> None:
        """Write an array of single precision."""
        self._parts.append(struct.pack(f"<{len(values)}f", *values))

    def block(self, content: bytes) -> None:
        """Write bytes with their length."""
        self._parts += [_LENGTH.pack(len(content)), content]

    def finish(self) -> bytes:
        """Return the state."""
        body = b"".join(self._parts)
        return _HEADER.pack(MAGIC, self._kind.encode(), self._version, zlib.crc32(body)) + body


class Stateful(Protocol):
    """Has a state."""

    def write(self, writer: Writer) -> None:
        """Write the state."""
        ...

    def read(self, reader: Reader) -> None:
        """Read the state."""
        ...


class Reader:
    """Reads a state in the order in which it was written."""

    def __init__(self, state: bytes, *, kind: str, version: int) -> None:
        """Check the header.

        Raises:
            InvalidState: The state is damaged, of another kind, or of another version.
        """
        if len(state) < _HEADER.size or state[: len(MAGIC)] != MAGIC:
            raise InvalidState(f"This is no state of the analysis: it does not start with {MAGIC!r}.")
        _, name, found, checksum = _HEADER.unpack_from(state)
        written_kind = name.rstrip(b"\0").decode("ascii", "replace")
        if written_kind != kind:
            raise InvalidState(f"This is the state of {written_kind!r}, and {kind!r} was expected.")
        if found != version:
            raise InvalidState(
                f"The state of {kind!r} has version {found}, and this release reads version {version}. "
                "Rebuild the sensor, or run the release that wrote the state."
            )
        self._body = memoryview(state)[_HEADER.size :]
        self._offset = 0
        if zlib.crc32(self._body) != checksum:
            raise InvalidState(f"The state of {kind!r} is damaged: its checksum differs. Rebuild the sensor.")

    def doubles(self, count: int) -> tuple[float, ...]:
        """Return the next `count` exact values."""
        return struct.unpack(f"<{count}d", self._take(8 * count))

    def floats(self, count: int) -> array[float]:
        """Return the next array of `count` values of single precision."""
        return array("f", struct.unpack(f"<{count}f", self._take(4 * count)))

    def block(self) -> bytes:
        """Return the next bytes that were written with their length."""
        (length,) = _LENGTH.unpack(self._take(_LENGTH.size))
        return bytes(self._take(length))

    def finish(self) -> None:
        """Check that nothing is unread.

        Raises:
            InvalidState: There is more than was read.
        """
        if self._offset != len(self._body):
            raise InvalidState(f"The state has {len(self._body) - self._offset} bytes too many.")

    def _take(self, size: int) -> memoryview:
        end = self._offset + size
        if end > len(self._body):
            raise InvalidState(f"The state ends too early: {end - len(self._body)} bytes are missing.")
        taken = self._body[self._offset : end]
        self._offset = end
        return taken

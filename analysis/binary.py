"""The binary form of a state: numbers and texts one after another, in an order that the version fixes."""

import struct
from array import array
from collections.abc import Iterable
from typing import Protocol


class StateError(ValueError):
    """The bytes are not a state of this version."""


class StateWriter:
    """Collects a state."""

    def __init__(self, version: int) -> None:
        self._parts = [struct.pack("<H", version)]

    def numbers(self, *values: float) -> None:
        """Append numbers exactly."""
        self._parts.append(struct.pack(f"<{len(values)}d", *values))

    def singles(self, values: Iterable[float]) -> None:
        """Append a list of numbers of single precision."""
        values = list(values)
        self._parts.append(struct.pack(f"<H{len(values)}f", len(values), *values))

    def text(self, value: str) -> None:
        """Append a text."""
        encoded = value.encode()
        self._parts.append(struct.pack("<H", len(encoded)) + encoded)

    def block(self, value: bytes) -> None:
        """Append the state of another object."""
        self._parts.append(struct.pack("<I", len(value)) + value)

    def getvalue(self) -> bytes:
        """Return the state."""
        return b"".join(self._parts)


class StateReader:
    """Reads a state in the order in which it was written."""

    def __init__(self, state: bytes, version: int) -> None:
        """Start to read.

        Raises:
            StateError: When the state is of another version.
        """
        self._state = state
        self._position = 0
        [found] = self._unpack("<H")
        if found != version:
            raise StateError(
                f"the state is of version {found}, and this program reads version {version}: "
                "rebuild it from the readings"
            )

    def numbers(self, count: int) -> tuple[float, ...]:
        """Return the next numbers."""
        return self._unpack(f"<{count}d")

    def singles(self, expected: int | None = None) -> "array[float]":
        """Return the next list of numbers of single precision, which has the expected length if one is.

        Raises:
            StateError: When it has another length.
        """
        [count] = self._unpack("<H")
        if expected is not None and count != expected:
            raise StateError(
                f"the state has {count} numbers where {expected} are expected: rebuild it from the readings"
            )
        return array("f", self._unpack(f"<{int(count)}f"))

    def text(self) -> str:
        """Return the next text."""
        [length] = self._unpack("<H")
        return self._bytes(int(length)).decode()

    def block(self) -> bytes:
        """Return the next state of another object."""
        [length] = self._unpack("<I")
        return self._bytes(int(length))

    def _bytes(self, length: int) -> bytes:
        start, self._position = self._position, self._position + length
        if self._position > len(self._state):
            raise StateError("the state is incomplete: rebuild it from the readings")
        return self._state[start : self._position]

    def _unpack(self, layout: str) -> tuple[float, ...]:
        return struct.unpack(layout, self._bytes(struct.calcsize(layout)))


class Stateful(Protocol):
    """A part of a state."""

    def write(self, writer: StateWriter, /) -> None:
        """Write the state."""
        ...

    def read(self, reader: StateReader, /) -> None:
        """Read the state."""
        ...

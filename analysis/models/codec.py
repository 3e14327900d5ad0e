"""The envelope of a state: it names what the state is of, and shows damage.

The state of a sensor leaves the analysis only in its envelope. It is not a pickle: nothing in it is executed.
"""

import struct
import zlib

from analysis.binary import StateError, StateReader, StateWriter

MAGIC = b"SENA"
_HEADER = struct.Struct("<4s16sI")  # magic, kind, CRC-32 of what follows


def seal(kind: str, writer: StateWriter) -> bytes:
    """Return a written state in its envelope."""
    body = writer.getvalue()
    return _HEADER.pack(MAGIC, kind.encode(), zlib.crc32(body)) + body


def unseal(kind: str, state: bytes, version: int) -> StateReader:
    """Return the reader of a sealed state.

    Raises:
        StateError: The state is foreign, damaged, of another kind, or of another version.
    """
    if len(state) < _HEADER.size or not state.startswith(MAGIC):
        raise StateError(f"this is no state of the analysis: it does not start with {MAGIC!r}")
    _, name, checksum = _HEADER.unpack_from(state)
    found = name.rstrip(b"\0").decode("ascii", "replace")
    if found != kind:
        raise StateError(f"this is the state of {found!r}, and {kind!r} is expected")
    body = state[_HEADER.size :]
    if zlib.crc32(body) != checksum:
        raise StateError(f"the state of {kind!r} is damaged: rebuild it from the readings")
    return StateReader(body, version)

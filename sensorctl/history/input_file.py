"""The file of an import: its bytes, which can be read several times, and may be compressed."""

import gzip
import os
import shutil
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol, cast

from readings.files.csv_recognition import check_signature
from readings.files.errors import UnreadableFile
from readings.files.text import ByteSource, TextLines
from sensorctl.files import STDIO, open_binary_input

GZIP_SIGNATURE = b"\x1f\x8b"
SIGNATURE_BYTES = 16
# Standard input up to this size is kept in memory instead of in a temporary file.
MAX_SPOOLED_BYTES = 16 * 1024 * 1024
# Text of readings compresses to about a tenth.
MAX_COMPRESSION = 200
ALWAYS_ALLOWED_BYTES = 64 * 1024 * 1024


class _Gzip:
    """The decompressed bytes of a file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._gzip = gzip.GzipFile(fileobj=file)
        self._decompressed_bytes = 0

    def read1(self, size: int, /) -> bytes:
        """Return up to `size` decompressed bytes; none at the end.

        Raises:
            UnreadableFile: When the data is damaged, or too much for its size.
        """
        try:
            data = self._gzip.read1(size)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableFile(f"the gzip data is damaged or not complete: {error}") from None
        self._decompressed_bytes += len(data)
        if self._decompressed_bytes > max(ALWAYS_ALLOWED_BYTES, MAX_COMPRESSION * self.compressed_bytes()):
            raise UnreadableFile(
                f"it decompresses to over {MAX_COMPRESSION} times its size: decompress it with gunzip first"
            )
        return data

    def compressed_bytes(self) -> int:
        """Return how many bytes of the compressed file were read."""
        return self._file.seek(0, os.SEEK_CUR)


def _buffered(file: IO[bytes]) -> ByteSource:
    return cast("ByteSource", file)  # typing.IO lacks what buffered files have


class InputFile(Protocol):
    """A file from which passes over its lines start."""

    @property
    def can_repeat(self) -> bool:
        """Whether there can be more than one pass."""

    def lines(self, encoding: str | None = None) -> TextLines:
        """Start a pass at the first line."""


class _Repeatable:
    """A file on disk, or standard input that was read completely."""

    can_repeat = True

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        signature = file.read(SIGNATURE_BYTES)
        self._is_gzip = signature.startswith(GZIP_SIGNATURE)
        check_signature(signature)

    def lines(self, encoding: str | None = None) -> TextLines:
        """Start a pass at the first line."""
        self._file.seek(0)
        if not self._is_gzip:
            return TextLines(_buffered(self._file), encoding)
        source = _Gzip(self._file)
        return TextLines(source, encoding, source.compressed_bytes)


class _Once:
    """Standard input, whose lines are read as they arrive."""

    can_repeat = False

    def lines(self, encoding: str | None = None) -> TextLines:
        """Return the lines; only once."""
        return TextLines(_buffered(sys.stdin.buffer), encoding)


@contextmanager
def open_input_file(name: str, *, stream: bool) -> Iterator[InputFile]:
    """Open the file, or standard input; with `stream`, standard input is read only once, as it arrives.

    Raises:
        typer.BadParameter: When the file cannot be read.
        UnreadableFile: When it is no text.
    """
    if name == STDIO and stream:
        yield _Once()
    elif name == STDIO:
        with SpooledTemporaryFile(MAX_SPOOLED_BYTES) as spooled:
            shutil.copyfileobj(sys.stdin.buffer, spooled)
            spooled.seek(0)
            yield _Repeatable(spooled)
    else:
        with open_binary_input(name) as file:
            yield _Repeatable(file)

"""A file of readings: its bytes, which can be read several times, and may be compressed."""

import gzip
import os
import shutil
import zlib
from contextlib import AbstractContextManager, nullcontext
from typing import IO, Protocol, cast

from readings.files.csv_text import ZIP_SIGNATURE, check_signature
from readings.files.errors import UnreadableFile
from readings.files.text import CHUNK_BYTES, ByteSource, TextLines
from readings.files.xlsx import Workbook

GZIP_SIGNATURE = b"\x1f\x8b"
SIGNATURE_BYTES = 16
# Text of readings compresses to about a tenth.
MAX_COMPRESSION = 200
ALWAYS_ALLOWED_BYTES = 64 * 1024 * 1024


class _Gzip:
    """The decompressed bytes of a file, up to `max_bytes`."""

    def __init__(self, file: IO[bytes], max_bytes: int | None) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._gzip = gzip.GzipFile(fileobj=file, mode="rb")
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
        if self._max_bytes is not None and self._decompressed_bytes > self._max_bytes:
            raise UnreadableFile(_too_large("it decompresses to", self._max_bytes))
        return data

    def compressed_bytes(self) -> int:
        """Return how many bytes of the compressed file were read."""
        return self._file.seek(0, os.SEEK_CUR)


class InputFile(Protocol):
    """A file from which passes over its lines start."""

    def sample(self, encoding: str | None = None) -> TextLines:
        """Start a pass of which only the first lines are read."""

    def lines(self, encoding: str | None = None) -> TextLines:
        """Start a pass over all lines; it is the last one unless the file can be repeated."""

    @property
    def can_repeat(self) -> bool:
        """Whether several passes over all lines are possible."""

    def make_repeatable(self) -> None:
        """Make several passes possible, before the first one."""

    def workbook(self) -> Workbook:
        """Return the workbook that the file is."""


class SeekableFile:
    """A file on disk, or a copy of a stream. `max_bytes` bounds it also when it is decompressed.

    Raises:
        UnreadableFile: When it is no text, or too large.
    """

    can_repeat = True

    def __init__(self, file: IO[bytes], max_bytes: int | None = None) -> None:
        self._file = file
        self._max_bytes = max_bytes
        if max_bytes is not None and file.seek(0, os.SEEK_END) > max_bytes:
            raise UnreadableFile(_too_large("it has", max_bytes))
        file.seek(0)
        signature = file.read(SIGNATURE_BYTES)
        self._is_gzip = signature.startswith(GZIP_SIGNATURE)
        self._is_zip = signature.startswith(ZIP_SIGNATURE)
        check_signature(signature)

    def lines(self, encoding: str | None = None) -> TextLines:
        """Start a pass at the first line.

        Raises:
            UnreadableFile: When it is an archive.
        """
        if self._is_zip:
            raise UnreadableFile(
                "the file is an Excel workbook or another zip archive: name a workbook .xlsx, or set "
                "--format xlsx, and extract another archive first"
            )
        self._file.seek(0)
        if not self._is_gzip:
            return TextLines(_buffered(self._file), encoding)
        source = _Gzip(self._file, self._max_bytes)
        return TextLines(source, encoding, source.compressed_bytes)

    sample = lines

    def make_repeatable(self) -> None:
        """Do nothing."""

    def workbook(self) -> Workbook:
        """Return the workbook that the file is.

        Raises:
            UnreadableFile: When it is none.
        """
        if not self._is_zip:
            raise UnreadableFile(
                "the file is no Excel workbook (.xlsx): name it .csv or set --format csv if it is text, and "
                "decompress it first if it is compressed"
            )
        return Workbook(self._file)


class _Recorded:
    """The start of a stream, which was read before, and then its rest, which `keep` adds to the start."""

    def __init__(self, start: bytearray, file: IO[bytes], *, keep: bool) -> None:
        self._start = start
        self._file = file
        self._keep = keep
        self._position = 0

    def read1(self, size: int, /) -> bytes:
        """Return up to `size` bytes, as soon as there are some; none at the end."""
        if self._position >= len(self._start):
            data = _buffered(self._file).read1(size)
            if not self._keep:
                return data
            self._start += data
        data = bytes(self._start[self._position : self._position + size])
        self._position += len(data)
        return data


class StreamFile:
    """A stream, whose lines are read once, as they arrive, unless a copy of it is made in `spooled`.

    Raises:
        UnreadableFile: When it is no text.
    """

    def __init__(self, file: IO[bytes], spooled: IO[bytes]) -> None:
        self._file = file
        self._spooled = spooled
        self._copy: SeekableFile | None = None
        self._start = bytearray(_buffered(file).read1(CHUNK_BYTES))
        check_signature(bytes(self._start))
        if self._start.startswith((GZIP_SIGNATURE, ZIP_SIGNATURE)):
            self.make_repeatable()

    @property
    def can_repeat(self) -> bool:
        """Whether there is a copy."""
        return self._copy is not None

    def sample(self, encoding: str | None = None) -> TextLines:
        """Start a pass whose bytes are kept for the next one."""
        return self._copy.lines(encoding) if self._copy else self._lines(encoding, keep=True)

    def lines(self, encoding: str | None = None) -> TextLines:
        """Start a pass at the first line."""
        return self._copy.lines(encoding) if self._copy else self._lines(encoding, keep=False)

    def make_repeatable(self) -> None:
        """Copy everything, compressed, into memory or a temporary file.

        Raises:
            UnreadableFile: When there is no space for it.
        """
        if self._copy:
            return
        try:
            with self._open_copy() as copy:
                copy.write(self._start)
                shutil.copyfileobj(self._file, copy)
            self._spooled.seek(0)
        except OSError as error:
            raise UnreadableFile(f"it cannot be copied ({error.strerror}): import it as a file") from None
        self._copy = SeekableFile(self._spooled)

    def workbook(self) -> Workbook:
        """Return the workbook that the stream is.

        Raises:
            UnreadableFile: When it is none.
        """
        self.make_repeatable()
        assert self._copy
        return self._copy.workbook()

    def _open_copy(self) -> AbstractContextManager[IO[bytes]]:
        if self._start.startswith((GZIP_SIGNATURE, ZIP_SIGNATURE)):
            return nullcontext(self._spooled)
        return cast("IO[bytes]", gzip.GzipFile(fileobj=self._spooled, mode="wb", compresslevel=1))

    def _lines(self, encoding: str | None, *, keep: bool) -> TextLines:
        return TextLines(_Recorded(self._start, self._file, keep=keep), encoding)


def _too_large(subject: str, max_bytes: int) -> str:
    return f"{subject} over {max_bytes / 1e6:.10g} MB: split it, or import it with `sensorctl import`"


def _buffered(file: IO[bytes]) -> ByteSource:
    return cast("ByteSource", file)  # typing.IO lacks what buffered files have

"""The text of a file: its encoding, and its lines in constant memory."""

import codecs
import io
from collections.abc import Callable, Iterator
from typing import Protocol

from readings.files.errors import UnreadableFile
from readings.payload import MAX_BODY_BYTES

# A longer line is truncated to this length, which makes it invalid.
MAX_LINE_CHARACTERS = MAX_BODY_BYTES + 1
CHUNK_BYTES = 64 * 1024
# Of longer marks first: that of UTF-32 starts with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DEFAULT_ENCODING = "utf-8-sig"
# The share of NUL bytes at even or odd positions from which on a file without a mark is UTF-16.
MIN_NUL_SHARE = 0.3
BYTE_ORDER_MARK = "\ufeff"
REPLACEMENT_CHARACTER = "\ufffd"


class ByteSource(Protocol):
    """The bytes of a file, as buffered binary files have them."""

    def read1(self, size: int, /) -> bytes:
        """Return up to `size` bytes, without waiting for more than one part of them; none at the end."""
        ...


def detect_encoding(sample: bytes) -> str:
    """Return the encoding of the file that starts with these bytes: UTF-16 or UTF-32, or else UTF-8."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return encoding
    pairs = len(sample) // 2
    if pairs and sample[1::2].count(0) >= MIN_NUL_SHARE * pairs > sample[::2].count(0):
        return "utf-16-le"
    if pairs and sample[::2].count(0) >= MIN_NUL_SHARE * pairs > sample[1::2].count(0):
        return "utf-16-be"
    return DEFAULT_ENCODING


def check_encoding(name: str) -> str:
    """Return the name of a text encoding.

    Raises:
        ValueError: When Python has no text encoding of this name.
    """
    try:
        # Encodings of bytes, such as base64, fail here, and those that cannot replace what is invalid.
        decoded = _make_decoder(name).decode("a".encode(name), final=True)
    except (LookupError, ValueError, AssertionError):
        decoded = ""
    if decoded != "a":
        raise ValueError("must be a text encoding such as utf-8, utf-16, cp1252 or latin-1")
    return codecs.lookup(name).name


def _make_decoder(encoding: str) -> io.IncrementalNewlineDecoder:
    # Invalid bytes of UTF-8 can be encoded again; of other encodings they are replaced.
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(errors), translate=True)


def is_undecodable(text: str) -> bool:
    """Return whether the text contains bytes that are invalid in the encoding of its file."""
    return not text.isascii() and any(c == REPLACEMENT_CHARACTER or "\udc80" <= c <= "\udcff" for c in text)


class TextLines:
    r"""Iterates over the lines of a file, without their ends, which may be \n, \r\n or \r.

    `number` is the number of the last line, `offset` the bytes that were read up to at least its end, and
    `complete` whether it has an end. A line over MAX_LINE_CHARACTERS is truncated and sets `truncated`.
    `find_offset` returns the offset, if it is not the number of bytes that the source returned.
    """

    def __init__(
        self,
        source: ByteSource,
        encoding: str | None = None,
        find_offset: Callable[[], int] | None = None,
    ) -> None:
        self._source = source
        self._find_offset = find_offset
        self.encoding = encoding
        self._lines = self._split()
        self.number = self.offset = 0
        self.truncated = False
        self.complete = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines).lstrip(BYTE_ORDER_MARK)  # also of a file that was appended to another
        self.number += 1
        self.truncated = len(line) >= MAX_LINE_CHARACTERS
        return line

    def parts(self) -> Iterator[str]:
        """Return an iterator over the text in parts of any length, instead of lines."""
        return self._decode()

    def _split(self) -> Iterator[str]:
        rest = ""
        for text in self._decode():
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                yield line[:MAX_LINE_CHARACTERS]
            rest = rest[:MAX_LINE_CHARACTERS]
        if rest:
            self.complete = False
            yield rest

    def _decode(self) -> Iterator[str]:
        chunk = self._read()
        self.encoding = self.encoding or detect_encoding(chunk)
        decoder = _make_decoder(self.encoding)
        try:
            while chunk:
                yield decoder.decode(chunk)
                chunk = self._read()
            yield decoder.decode(b"", final=True)
        except UnicodeError as error:  # the few encodings that cannot replace what is invalid
            raise UnreadableFile(f"the file is not {self.encoding}: {error}") from None

    def _read(self) -> bytes:
        # A slow source must not delay the lines that it has already sent.
        try:
            chunk = self._source.read1(CHUNK_BYTES)
        except OSError as error:
            raise UnreadableFile(f"the file cannot be read: {error.strerror or error}") from None
        self.offset = self._find_offset() if self._find_offset else self.offset + len(chunk)
        return chunk

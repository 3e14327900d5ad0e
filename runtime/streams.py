"""Standard output and error where a write fails: a full disk, or a terminal that lacks a character."""

import io
import os
import sys
from contextlib import suppress
from typing import TextIO


def escape_unencodable() -> None:
    """Write what the encoding of standard output or error lacks as an escape sequence, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_closed_errors() -> None:
    """Discard messages while standard error is closed; print would write them to standard output."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (as long as the process)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a standard stream is a terminal; one that is closed is none."""
    return stream is not None and stream.isatty()


def flush_or_discard(stream: TextIO | None) -> OSError | None:
    """Write what is buffered; return the error if that fails.

    The rest is then discarded, because Python would report the error once more, and change the exit code.
    """
    if stream is None:
        return None
    try:
        stream.flush()
    except OSError as error:
        with suppress(OSError), open(os.devnull, "wb") as null:  # noqa: PTH123 (not a path of the user)
            os.dup2(null.fileno(), stream.fileno())
        return error
    return None


class _IgnoreFullDisk:
    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> bool:
        return isinstance(error, OSError) and not isinstance(error, BrokenPipeError)


_ignoring_full_disk = _IgnoreFullDisk()  # one object: a reading is logged in microseconds


class LogStream:
    """Writes a log to a stream, and loses lines while that fails: a full disk must not stop a service.

    A reader that has gone is an error, as it always is.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write the text."""
        with _ignoring_full_disk:
            self._stream.write(text)

    def flush(self) -> None:
        """Write what is buffered."""
        with _ignoring_full_disk:
            self._stream.flush()

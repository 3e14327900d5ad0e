"""Input and output files that an operator names; `-` is standard input or output."""

import errno
import fcntl
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, TextIO

import typer

from sensorctl.output import fail

STDIO = "-"
PARTIAL = re.compile(r"\..+\.\d+\.partial", re.DOTALL)


@contextmanager
def open_output(name: str) -> Iterator[IO[str]]:
    """Open standard output, or a new file that gets its name only when it is complete.

    Raises:
        typer.BadParameter: When the file exists or cannot be created.
        typer.Exit: When writing fails, for example on a full disk.
    """
    if name == STDIO:
        output = _standard_stream(sys.stdout, "output")
        yield output
        output.flush()
        return
    check_new(name)
    path = Path(name)
    remove_abandoned(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with _open_new(partial, name) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            _give_name(partial, path)
    except OSError as error:
        fail(f"cannot write {name}: {error.strerror}")
    finally:
        with suppress(OSError):
            partial.unlink()


def _give_name(partial: Path, path: Path) -> None:
    """Name the complete file, unless another one was given this name meanwhile.

    Raises:
        FileExistsError: When that was done.
    """
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:  # the file system has no hard links
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        partial.rename(path)


def write_output(name: str, content: bytes) -> None:
    """Write standard output, or a new file that gets its name only when it is complete.

    Raises:
        typer.BadParameter: When the file exists or cannot be created.
        typer.Exit: When writing fails, for example on a full disk.
    """
    with open_output(name) as file:
        assert isinstance(file, io.TextIOWrapper)
        file.buffer.write(content)


def check_new(name: str) -> None:
    """Refuse a file that exists, before anything is made for it.

    Raises:
        typer.BadParameter: When it exists.
    """
    if name != STDIO and os.path.lexists(name):
        raise typer.BadParameter(
            f"cannot write {name}: File exists; write to another file, or remove it first"
        )


def remove_abandoned(folder: Path) -> None:
    """Delete the incomplete files that a command that was killed has left in this folder.

    A command holds a lock on its file as long as it writes.
    """
    with suppress(OSError):
        for path in folder.iterdir():
            if PARTIAL.fullmatch(path.name):
                _remove_unless_locked(path)


def _remove_unless_locked(path: Path) -> None:
    with suppress(OSError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()


def open_text_input(name: str) -> AbstractContextManager[IO[str]]:
    """Open a text file, or standard input.

    Raises:
        typer.BadParameter: When the file cannot be read.
    """
    if name == STDIO:
        return nullcontext(_standard_stream(sys.stdin, "input"))
    try:
        return Path(name).open(encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise typer.BadParameter(_unreadable(name, error)) from None


def open_binary_input(name: str) -> AbstractContextManager[IO[bytes]]:
    """Open a file in binary mode, or standard input.

    Raises:
        typer.BadParameter: When the file cannot be read.
    """
    if name == STDIO:
        return nullcontext(_standard_stream(sys.stdin, "input").buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise typer.BadParameter(_unreadable(name, error)) from None


def _standard_stream(stream: TextIO | None, name: str) -> TextIO:
    """Return the stream; it carries UTF-8 as files do, whatever the encoding of the terminal is.

    Raises:
        typer.BadParameter: When the stream is closed.
    """
    if stream is None:
        raise typer.BadParameter(f"standard {name} is closed")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return stream


def _open_new(path: Path, name: str) -> IO[str]:
    """Create the file and lock it.

    Raises:
        typer.BadParameter: When it cannot be created.
    """
    try:
        while True:
            file = path.open("x", encoding="utf-8", errors="backslashreplace", newline="")
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file.fileno()).st_nlink:
                return file
            file.close()  # another command took it for abandoned before it was locked
    except OSError as error:
        raise typer.BadParameter(f"cannot write {name}: {error.strerror}") from None


def _unreadable(name: str, error: OSError) -> str:
    return f"cannot read {name}: {error.strerror}"

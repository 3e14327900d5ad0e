"""Input and output files that an operator names; `-` is standard input or output."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

import typer

from sensorctl.output import fail

STDIO = "-"


@contextmanager
def open_output(name: str) -> Iterator[IO[str]]:
    """Open standard output, or a new file that gets its name only when it is complete.

    Raises:
        typer.BadParameter: When the file exists or cannot be created.
        typer.Exit: When writing fails, for example on a full disk.
    """
    if name == STDIO:
        yield sys.stdout
        sys.stdout.flush()
        return
    path = Path(name)
    if os.path.lexists(path):
        raise typer.BadParameter(f"cannot write {name}: File exists")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with _open_new(partial, name) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError as error:
        fail(f"cannot write {name}: {error.strerror}")
    finally:
        with suppress(OSError):
            partial.unlink()


def open_text_input(name: str) -> AbstractContextManager[IO[str]]:
    """Open a text file, or standard input.

    Raises:
        typer.BadParameter: When the file cannot be read.
    """
    if name == STDIO:
        return nullcontext(sys.stdin)
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
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise typer.BadParameter(_unreadable(name, error)) from None


def _open_new(path: Path, name: str) -> IO[str]:
    try:
        return path.open("x", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise typer.BadParameter(f"cannot write {name}: {error.strerror}") from None


def _unreadable(name: str, error: OSError) -> str:
    return f"cannot read {name}: {error.strerror}"

"""Files that an operator names; `-` is standard input or output."""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

import typer

from runtime.lifecycle import EXIT_FAILURE
from sensorctl.output import note

STANDARD = "-"


@contextmanager
def writing(name: str) -> Iterator[IO[str]]:
    """A new file, which has its name only once it is whole; or standard output.

    Raises BadParameter when it is there already or cannot be made, and Exit when the disk fails.
    """
    if name == STANDARD:
        yield sys.stdout
        sys.stdout.flush()
        return
    path = Path(name)
    if os.path.lexists(path):
        raise typer.BadParameter(f"{name} cannot be written: File exists")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with _open(partial, "x", "written", name) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError as error:
        note(f"{name} cannot be written: {error.strerror}")
        raise typer.Exit(EXIT_FAILURE) from None
    finally:
        with suppress(OSError):
            partial.unlink()


def reading(name: str) -> AbstractContextManager[IO[str]]:
    """A file of lines, or standard input. Raises BadParameter when it cannot be read."""
    return nullcontext(sys.stdin) if name == STANDARD else _open(Path(name), "r", "read", name)


def reading_bytes(name: str) -> AbstractContextManager[IO[bytes]]:
    """The same as it is. Raises BadParameter when it cannot be read."""
    if name == STANDARD:
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise typer.BadParameter(f"{name} cannot be read: {error.strerror}") from None


def _open(path: Path, mode: str, verb: str, name: str) -> IO[str]:
    try:
        return path.open(
            mode, encoding="utf-8", errors="backslashreplace", newline="" if "x" in mode else None
        )
    except OSError as error:
        raise typer.BadParameter(f"{name} cannot be {verb}: {error.strerror}") from None

"""The file of an import: one that an operator names, or standard input."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile

from readings.files.input_file import InputFile, SeekableFile, StreamFile
from sensorctl.files import STDIO, open_binary_input
from sensorctl.output import print_message

# A compressed copy of standard input up to this size is in memory instead of in a temporary file.
MAX_SPOOLED_BYTES = 16 * 1024 * 1024


@contextmanager
def open_input_file(name: str) -> Iterator[InputFile]:
    """Open the file, or what is read once: standard input, or a pipe, as of a process substitution.

    Raises:
        typer.BadParameter: When the file cannot be read.
        UnreadableFile: When it is no text.
    """
    with open_binary_input(name) as file:
        if name != STDIO and file.seekable():
            yield SeekableFile(file)
            return
        with SpooledTemporaryFile(MAX_SPOOLED_BYTES) as spooled:
            yield StreamFile(file, spooled)


@contextmanager
def warn_if_changed(name: str) -> Iterator[None]:
    """Warn after the block if the file was changed meanwhile: what was read may be of both versions."""
    before = _version(name)
    yield
    if _version(name) != before:
        print_message(
            f"Warning: {name} was changed while it was imported. Import it again once it is complete: "
            "nothing is stored twice."
        )


def _version(name: str) -> tuple[int, ...] | None:
    """Return what a change of the file changes; None for what is no file."""
    path = Path(name)
    if name == STDIO or not path.is_file():
        return None
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns

"""The formats of files of readings, as options give them."""

from pathlib import Path
from typing import Literal

import typer

from readings.files.errors import UnreadableFile
from readings.files.formats import GZIP_SUFFIX, FileFormat, find_format
from sensorctl.files import STDIO

OutputFormat = Literal["csv", "jsonl"]


def resolve_format(file: str, requested: FileFormat | None) -> FileFormat:
    """Return the requested format, or else that of the file's name; of standard input it is jsonl.

    Raises:
        typer.BadParameter: When the name does not say it.
    """
    if requested or file == STDIO:
        return requested or "jsonl"
    try:
        return find_format(file)
    except UnreadableFile as error:
        raise typer.BadParameter(str(error)) from None


def resolve_output_format(file: str, requested: OutputFormat | None) -> FileFormat:
    """Return the format of a file to write, as `resolve_format` does.

    Raises:
        typer.BadParameter: When the name does not say it, or it is one that is only read.
    """
    file_format = resolve_format(file, requested)
    suffix = Path(file).suffix.lower()
    if file_format in ("json", "xlsx") or suffix == GZIP_SUFFIX:
        raise typer.BadParameter(f"{file} can be neither .json, .xlsx nor .gz: name it .jsonl or .csv")
    if suffix == ".txt" and requested is None:
        raise typer.BadParameter(f"{file} is neither .csv nor .jsonl: set --format")
    return file_format

"""The formats of files of readings, as options give them."""

from pathlib import Path
from typing import Literal

import typer

from readings.files.errors import UnreadableFile
from readings.files.formats import FORMATS_BY_SUFFIX, GZIP_SUFFIX, FileFormat, find_format
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
    suffix = Path(file).suffix.lower()
    is_named = requested is None and file != STDIO
    if is_named and (suffix == ".txt" or suffix not in {*FORMATS_BY_SUFFIX, GZIP_SUFFIX}):
        raise typer.BadParameter(f"{file} is neither .csv nor .jsonl: set --format")
    if suffix == GZIP_SUFFIX or (is_named and FORMATS_BY_SUFFIX[suffix] in ("json", "xlsx")):
        raise typer.BadParameter(f"{file} can be neither .json, .xlsx nor .gz: name it .jsonl or .csv")
    return resolve_format(file, requested)

"""The formats of files of readings."""

from pathlib import Path
from typing import Literal

import typer

from sensorctl.files import STDIO

FileFormat = Literal["csv", "jsonl", "json"]
OutputFormat = Literal["csv", "jsonl"]
FORMATS_BY_SUFFIX: dict[str, FileFormat] = {
    ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
GZIP_SUFFIX = ".gz"
SPREADSHEET_SUFFIXES = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")


def resolve_format(file: str, requested: FileFormat | None) -> FileFormat:
    """Return the requested format, or else that of the file's name; of standard input it is jsonl.

    Raises:
        typer.BadParameter: When the name does not say it.
    """
    suffixes = [suffix.lower() for suffix in Path(file).suffixes]
    suffix = next((suffix for suffix in reversed(suffixes) if suffix != GZIP_SUFFIX), "")
    file_format = requested or FORMATS_BY_SUFFIX.get(suffix)
    if file_format is None and file == STDIO:
        return "jsonl"
    if file_format is None:
        is_spreadsheet = suffix in SPREADSHEET_SUFFIXES
        hint = "save the table as CSV, and import that" if is_spreadsheet else "set --format"
        raise typer.BadParameter(f"{file} is neither .csv nor .jsonl: {hint}")
    return file_format


def resolve_output_format(file: str, requested: OutputFormat | None) -> FileFormat:
    """Return the format of a file to write, as `resolve_format` does.

    Raises:
        typer.BadParameter: When the name does not say it, or it is one that is only read.
    """
    file_format = resolve_format(file, requested)
    if file_format == "json" or Path(file).suffix.lower() == GZIP_SUFFIX:
        raise typer.BadParameter(f"{file} can be neither .json nor .gz: name it .jsonl or .csv")
    return file_format

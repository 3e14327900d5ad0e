"""The formats of files of readings, by their names."""

from pathlib import PurePath
from typing import Literal

from readings.files.errors import UnreadableFile

FileFormat = Literal["csv", "xlsx", "jsonl", "json"]
FORMATS_BY_SUFFIX: dict[str, FileFormat] = {
    ".csv": "csv", ".tsv": "csv", ".psv": "csv", ".txt": "csv", ".xlsx": "xlsx",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
GZIP_SUFFIX = ".gz"
SPREADSHEET_SUFFIXES = (".xls", ".xlsm", ".xlsb", ".ods", ".numbers")


def find_format(name: str) -> FileFormat:
    """Return the format of the file with this name.

    Raises:
        UnreadableFile: When the name does not say it.
    """
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    suffix = next((suffix for suffix in reversed(suffixes) if suffix != GZIP_SUFFIX), "")
    file_format = FORMATS_BY_SUFFIX.get(suffix)
    if file_format is None:
        is_spreadsheet = suffix in SPREADSHEET_SUFFIXES
        hint = "save the table as .xlsx or CSV, and import that" if is_spreadsheet else "set --format"
        raise UnreadableFile(f"{name} is neither .csv, .xlsx nor .jsonl: {hint}")
    return file_format

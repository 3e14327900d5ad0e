"""Export readings and roll-ups, one row at a time."""

import csv
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from db.queries.export import ExportQuery, column_names, stream_rows
from db.settings import DatabaseSettings
from readings.files.formats import FileFormat
from readings.times import format_timestamp
from runtime.json_values import dump_json
from sensorctl.files import open_output

Row = dict[str, Any]


def export_rows(settings: DatabaseSettings, query: ExportQuery, name: str, file_format: FileFormat) -> int:
    """Write the rows of the query to a new file in constant memory, and return their number.

    A reading in JSON is a valid message.

    Raises:
        ReaderPaused: When nothing was written for long, as when a pager shows it.
        StoreUnavailable: When the database is unavailable.
    """
    exported = 0
    with open_output(name) as file, stream_rows(settings, query) as rows:
        write_row = WRITERS[file_format](file, column_names(query.series))
        for row in rows:
            write_row(to_text_values(row))
            exported += 1
    return exported


def csv_writer(file: IO[str], columns: tuple[str, ...]) -> Callable[[Row], object]:
    """Write the header, and return a function that writes a row; a missing value is an empty field."""
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    return writer.writerow


def json_writer(file: IO[str], _columns: tuple[str, ...]) -> Callable[[Row], object]:
    """Return a function that writes a row as one JSON object per line, without missing values."""
    return lambda row: print(
        dump_json({column: value for column, value in row.items() if value is not None}), file=file
    )


WRITERS: dict[FileFormat, Callable[[IO[str], tuple[str, ...]], Callable[[Row], object]]] = {
    "csv": csv_writer,
    "jsonl": json_writer,
}


def to_text_values(row: Row) -> Row:
    """Convert the values to types that CSV and JSON can represent."""
    return {column: _to_text_value(value) for column, value in row.items()}


def _to_text_value(value: Any) -> Any:
    match value:
        case datetime():
            return format_timestamp(value)
        case UUID():
            return str(value)
        case Decimal():  # PostgreSQL's sum of counts
            return int(value)
    return value

"""Exporting readings and roll-ups, a row at a time."""

import csv
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from db.queries.export import ExportQuery, column_names, stream_rows
from db.settings import DatabaseSettings
from readings.payload import format_timestamp
from sensorctl.files import writing
from sensorctl.history.importer import Format

Row = dict[str, Any]


def export(settings: DatabaseSettings, chosen: ExportQuery, name: str, kind: Format) -> int:
    """Write what is chosen to a new file, and give the number of rows. Raises StoreUnavailable.

    Memory does not grow with their number. A row in JSON is a message of the contract if it is a reading.
    """
    exported = 0
    with writing(name) as file, stream_rows(settings, chosen) as found:
        write = WRITERS[kind](file, column_names(chosen.series))
        for row in found:
            write(plain(row))
            exported += 1
    return exported


def csv_writer(file: IO[str], columns: tuple[str, ...]) -> Callable[[Row], object]:
    """Writes a header now and then rows; what is missing is empty."""
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    return writer.writerow


def json_writer(file: IO[str], _columns: tuple[str, ...]) -> Callable[[Row], object]:
    """Writes an object a line, without what is missing."""
    return lambda row: print(
        json.dumps({column: value for column, value in row.items() if value is not None}), file=file
    )


WRITERS: dict[Format, Callable[[IO[str], tuple[str, ...]], Callable[[Row], object]]] = {
    "csv": csv_writer,
    "jsonl": json_writer,
}


def plain(row: Row) -> Row:
    """The row as text formats hold it."""
    return {column: _plain(value) for column, value in row.items()}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return format_timestamp(value)
        case UUID():
            return str(value)
        case Decimal():  # PostgreSQL's sum of counts
            return int(value)
    return value

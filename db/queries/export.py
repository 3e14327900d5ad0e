"""Streams readings or roll-ups in the order of time, for export."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from db.driver_errors import translate_errors
from db.engine import connect
from db.errors import StoreUnavailable
from db.settings import DatabaseSettings
from runtime.text import format_duration

# For one batch of rows; finding the first may take long.
STATEMENT_TIMEOUT_SECONDS = 10 * 60.0
# A reader may pause, as a pager does. Meanwhile the server cannot remove rows that were deleted since.
MAX_PAUSE = timedelta(minutes=15)
SET_MAX_PAUSE = "SELECT set_config('idle_in_transaction_session_timeout', :milliseconds, true)"
BATCH_ROWS = 2_000
AGGREGATES = ("readings", "min_temperature", "mean_temperature", "max_temperature")


class ReaderPaused(Exception):
    """The rows were not read for too long, so that the server has ended the export."""

    def __init__(self) -> None:
        super().__init__(
            f"The export was not read for {format_duration(MAX_PAUSE)}, so the database has ended it: it can "
            "remove no deleted row meanwhile. Export to a file, or read the output without such a pause."
        )


class Series(StrEnum):
    """The series that can be exported."""

    READINGS = "readings"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


class Source(NamedTuple):
    """Where a series is read from; `time_column` and `tie_breaker` make its order complete."""

    view: str
    time_column: str
    tie_breaker: str
    columns: tuple[str, ...]


SOURCES = {
    Series.READINGS: Source(
        "stored_reading",
        "measured_at",
        "reading_id",
        ("reading_id", "sensor_id", "measured_at", "temperature", "'celsius' AS unit", "run_id", "sequence"),
    ),
    Series.MINUTES: Source("reading_minute", "minute", "sensor_id", ("sensor_id", "minute", *AGGREGATES)),
    Series.HOURS: Source("reading_hour", "hour", "sensor_id", ("sensor_id", "hour", *AGGREGATES)),
    Series.DAYS: Source("reading_day", "day", "sensor_id", ("sensor_id", "day", *AGGREGATES)),
}


@dataclass(frozen=True)
class ExportQuery:
    """A series from `since` on and before `until`, of these sensors or, without any, of all sensors.

    `raw` selects the temperatures of readings as the sensors sent them, before calibration.
    """

    series: Series
    since: datetime | None = None
    until: datetime | None = None
    sensors: tuple[str, ...] = ()
    raw: bool = False


def column_names(series: Series) -> tuple[str, ...]:
    """Return the names of the columns of a series."""
    return tuple(column.split(" AS ")[-1] for column in SOURCES[series].columns)


@contextmanager
def stream_rows(settings: DatabaseSettings, query: ExportQuery) -> Iterator[Iterator[dict[str, Any]]]:
    """Yield an iterator over the rows of one snapshot, of which BATCH_ROWS are in memory at a time.

    The iterator and this function raise StoreUnavailable when the database does not answer, and the iterator
    ReaderPaused when nothing was read for MAX_PAUSE.
    """
    with connect(settings, name="export", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS) as connection:
        # A server-side cursor exists only in a transaction.
        connection.execution_options(isolation_level="REPEATABLE READ")
        milliseconds = f"{MAX_PAUSE.total_seconds() * 1000:.0f}"
        connection.execute(text(SET_MAX_PAUSE), {"milliseconds": milliseconds})
        with closing(_stream(connection, query)) as rows:
            yield rows


def _stream(connection: Connection, query: ExportQuery) -> Generator[dict[str, Any]]:
    parameters = {"since": query.since, "until": query.until, "sensors": list(query.sensors)}
    statement = text(_statement(query)).execution_options(stream_results=True)
    pause = 0.0
    try:
        with translate_errors(), closing(connection.execute(statement, parameters)) as result:
            for batch in result.mappings().partitions(BATCH_ROWS):
                fetched_at = time.monotonic()
                yield from map(dict, batch)
                pause = time.monotonic() - fetched_at
    except StoreUnavailable as error:
        if pause >= MAX_PAUSE.total_seconds():
            raise ReaderPaused from error
        raise


def _statement(query: ExportQuery) -> str:
    view, time_column, tie_breaker, columns = SOURCES[query.series]
    conditions = {
        f"{time_column} >= :since": query.since,
        f"{time_column} < :until": query.until,
        "sensor_id = ANY(:sensors)": query.sensors,
    }
    if query.raw:
        columns = tuple("raw_temperature AS temperature" if c == "temperature" else c for c in columns)
    selected = [condition for condition, value in conditions.items() if value] or ["true"]
    return (
        f"SELECT {', '.join(columns)} FROM {view} "  # noqa: S608 (constants)
        f"WHERE {' AND '.join(selected)} ORDER BY {time_column}, {tie_breaker}"
    )

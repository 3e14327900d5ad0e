"""Reads many rows in the order of their time, a part at a time."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from db.engine import connected, translate_errors
from db.settings import DatabaseSettings

# For one part, of which the first may be a long way to find.
STATEMENT_TIMEOUT_SECONDS = 10 * 60.0
ROWS_AT_ONCE = 2_000
ROLL_UP = ("readings", "min_temperature", "mean_temperature", "max_temperature")


class Series(StrEnum):
    """What there is for every sensor and time."""

    READINGS = "readings"
    MINUTES = "minutes"
    HOURS = "hours"


# View, column of the time, column that makes the order complete, and columns to read.
READ = {
    Series.READINGS: (
        "stored_reading",
        "measured_at",
        "reading_id",
        ("reading_id", "sensor_id", "measured_at", "temperature", "'celsius' AS unit", "run_id", "sequence"),
    ),
    Series.MINUTES: ("reading_minute", "minute", "sensor_id", ("sensor_id", "minute", *ROLL_UP)),
    Series.HOURS: ("reading_hour", "hour", "sensor_id", ("sensor_id", "hour", *ROLL_UP)),
}


@dataclass(frozen=True)
class ExportQuery:
    """A series from `since` on and before `until`, of these sensors; of all if there are none."""

    series: Series
    since: datetime | None = None
    until: datetime | None = None
    sensors: tuple[str, ...] = ()


def columns_of(series: Series) -> tuple[str, ...]:
    """The names of its columns."""
    return tuple(column.split(" AS ")[-1] for column in READ[series][3])


@contextmanager
def rows(settings: DatabaseSettings, chosen: ExportQuery) -> Iterator[Iterator[dict[str, Any]]]:
    """The rows as they were at one moment, ROWS_AT_ONCE of which are in memory.

    Raises StoreUnavailable, from the iterator too.
    """
    with connected(
        settings, name="export", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS
    ) as connection:
        # A server-side cursor lives in a transaction. Its reader may take a pause, as a pager does.
        connection.execution_options(isolation_level="REPEATABLE READ")
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        with closing(_rows(connection, chosen)) as found:
            yield found


def _rows(connection: Connection, chosen: ExportQuery) -> Generator[dict[str, Any]]:
    parameters = {"since": chosen.since, "until": chosen.until, "sensors": list(chosen.sensors)}
    statement = text(_statement(chosen)).execution_options(stream_results=True)
    with translate_errors(), closing(connection.execute(statement, parameters)) as result:
        for part in result.mappings().partitions(ROWS_AT_ONCE):
            yield from map(dict, part)


def _statement(chosen: ExportQuery) -> str:
    view, time, other, columns = READ[chosen.series]
    conditions = {
        f"{time} >= :since": chosen.since,
        f"{time} < :until": chosen.until,
        "sensor_id = ANY(:sensors)": chosen.sensors,
    }
    asked = [condition for condition, value in conditions.items() if value] or ["true"]
    return (
        f"SELECT {', '.join(columns)} FROM {view} "  # noqa: S608 (constants)
        f"WHERE {' AND '.join(asked)} ORDER BY {time}, {other}"
    )

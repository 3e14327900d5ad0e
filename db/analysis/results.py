"""What the analysis saves for people: forecasts, how good they were, and virtual values."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from psycopg import Cursor

SAVE_FORECAST = """
INSERT INTO sensor_forecast (sensor_id, kind, version, made_at, first_at, step_seconds, mean, lower, upper)
VALUES (%s, %s, %s, to_timestamp(%s), to_timestamp(%s), %s, %s, %s, %s)
ON CONFLICT (sensor_id) DO UPDATE SET
    kind = excluded.kind, version = excluded.version, made_at = excluded.made_at,
    first_at = excluded.first_at, step_seconds = excluded.step_seconds, mean = excluded.mean,
    lower = excluded.lower, upper = excluded.upper
"""
SAVE_EVALUATIONS = """
INSERT INTO model_evaluation (sensor_id, kind, horizon, day, forecasts, mae, last_value_mae, coverage)
SELECT * FROM unnest(
    %b::text[], %b::text[], %b::text[], %b::date[], %b::bigint[], %b::float8[], %b::float8[], %b::float8[]
)
ON CONFLICT (sensor_id, kind, horizon, day) DO UPDATE SET
    forecasts = excluded.forecasts, mae = excluded.mae, last_value_mae = excluded.last_value_mae,
    coverage = excluded.coverage
"""
VIRTUAL_VALUES = """
SELECT sensor_id, date_part('epoch', at), value, lower, upper, neighbours FROM virtual_value
"""
DROP_VIRTUAL_VALUES = "DELETE FROM virtual_value WHERE sensor_id <> ALL(%s::text[])"
SAVE_VIRTUAL_VALUE = """
INSERT INTO virtual_value (sensor_id, at, value, lower, upper, neighbours)
VALUES (%s, to_timestamp(%s), %s, %s, %s, %s)
ON CONFLICT (sensor_id) DO UPDATE SET
    at = excluded.at, value = excluded.value, lower = excluded.lower, upper = excluded.upper,
    neighbours = excluded.neighbours
"""
KEPT_DAYS = 400
DROP_EVALUATIONS = "DELETE FROM model_evaluation WHERE day < current_date - %s"


class ForecastRow(NamedTuple):
    """A forecast of a sensor; times are in seconds since 1970."""

    sensor_id: str
    kind: str
    version: int
    made_at: float
    first_at: float
    step_seconds: float
    mean: list[float]
    lower: list[float]
    upper: list[float]


class EvaluationRow(NamedTuple):
    """How good the forecasts of a model were on a day."""

    sensor_id: str
    kind: str
    horizon: str
    day: dt.date
    forecasts: int
    mae: float
    last_value_mae: float
    coverage: float


class VirtualValueRow(NamedTuple):
    """What an offline sensor would have measured; the time is in seconds since 1970."""

    sensor_id: str
    at: float
    value: float
    lower: float
    upper: float
    neighbours: list[str]


def load_virtual_values(cursor: Cursor[Any]) -> list[VirtualValueRow]:
    """Return the virtual values that are stored."""
    return [VirtualValueRow(*row) for row in cursor.execute(VIRTUAL_VALUES)]


def save_virtual_values(cursor: Cursor[Any], values: Iterable[VirtualValueRow]) -> None:
    """Store the virtual values in place of all that are stored."""
    rows = list(values)
    cursor.execute(DROP_VIRTUAL_VALUES, ([row.sensor_id for row in rows],))
    if rows:
        cursor.executemany(SAVE_VIRTUAL_VALUE, rows)


def save_forecasts(cursor: Cursor[Any], forecasts: Sequence[ForecastRow]) -> None:
    """Store the forecasts, each in place of the last one of its sensor."""
    if forecasts:
        cursor.executemany(SAVE_FORECAST, forecasts)


def save_evaluations(cursor: Cursor[Any], evaluations: Sequence[EvaluationRow]) -> None:
    """Store evaluations, each in place of what was stored of its day."""
    columns = [list(column) for column in zip(*evaluations, strict=True)]
    if columns:
        cursor.execute(SAVE_EVALUATIONS, columns)


def drop_old_evaluations(cursor: Cursor[Any]) -> None:
    """Delete the evaluations of days more than a year ago."""
    cursor.execute(DROP_EVALUATIONS, (KEPT_DAYS,))

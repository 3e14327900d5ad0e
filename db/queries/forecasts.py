"""The latest forecast of a sensor, and what a sensor would measure that sends nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from db.queries.statements import Row, Statements

FORECAST = """
SELECT sensor_id, kind, version, made_at, first_at, step_seconds, mean, lower, upper
FROM sensor_forecast WHERE sensor_id = :sensor
"""
VIRTUAL = "SELECT sensor_id, at, value, lower, upper, neighbours FROM virtual_value WHERE sensor_id = :sensor"


class Forecasts:
    """Reads forecasts and virtual values.

    Every method raises StoreUnavailable if the database does not answer in time.
    """

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def read(self, sensor_id: str) -> Row | None:
        """Return the latest forecast of a sensor with its `points` in order of time, or None."""
        return next((_with_points(row) for row in self._statements.rows(FORECAST, sensor=sensor_id)), None)

    def virtual_value(self, sensor_id: str) -> Row | None:
        """Return what a sensor would measure that sends nothing; None if it does, or has no neighbours."""
        return self._statements.first(VIRTUAL, sensor=sensor_id)


def _with_points(row: Row) -> Row:
    columns = {name: row[name] for name in ("sensor_id", "kind", "version", "made_at", "step_seconds")}
    return columns | {"points": list(_points(row))}


def _points(row: Row) -> Iterator[dict[str, Any]]:
    values = zip(row["mean"], row["lower"], row["upper"], strict=True)
    for number, (mean, lower, upper) in enumerate(values):
        at = row["first_at"] + timedelta(seconds=number * row["step_seconds"])
        yield {"at": at, "mean": mean, "lower": lower, "upper": upper}

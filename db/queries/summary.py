"""Reads the last-hour views."""

from typing import Any

from sqlalchemy import text

from db.driver_errors import translate_errors
from db.engine import make_engine
from db.queries.time_shifts import ReadingsAhead, TimeShift, read_readings_ahead, read_time_shifts
from db.settings import DatabaseSettings

Row = dict[str, Any]


class Summary:
    """Reads the last-hour views. Every method raises StoreUnavailable if the database does not answer."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._engine = make_engine(settings, name="summary", may_use_standby=True)

    def sensors(self) -> list[Row]:
        """Return `last_hour_summary`: one row per sensor with readings within the hour."""
        return self._rows("SELECT * FROM last_hour_summary ORDER BY sensor_id")

    def overall(self) -> Row:
        """Return `last_hour_overall`: the same aggregates over all sensors."""
        return self._rows("SELECT * FROM last_hour_overall")[0]

    def time_shifts(self) -> list[TimeShift]:
        """Return the sensors whose times are a constant number of hours behind their arrival."""
        return read_time_shifts(self._engine)

    def readings_ahead(self) -> ReadingsAhead | None:
        """Return which readings are ahead of the clock; None if none is."""
        return read_readings_ahead(self._engine)

    def close(self) -> None:
        """Close the connection."""
        self._engine.dispose()

    def _rows(self, statement: str) -> list[Row]:
        with translate_errors(), self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(statement)).mappings()]

"""The sensors with the minutes of their hour."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from db.queries.status import SensorStates
from db.settings import DatabaseSettings
from monitoring.model import Sensor

MINUTE = timedelta(minutes=1)
MINUTES = 60
# How many of the last minutes are read each time; older ones change only by what comes late.
FRESH_MINUTES = 2


class SensorHours:
    """The sensors of the database. For one thread at a time.

    Of a thousand sensors an hour has sixty thousand minutes, so all of them are read once a minute.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._states = SensorStates(settings)
        self._means: dict[str, dict[datetime, float]] = defaultdict(dict)
        self._all_read_in: datetime | None = None

    def __call__(self, now: datetime) -> list[Sensor]:
        """Every sensor, by its id. Raises StoreUnavailable."""
        this_minute = now.replace(second=0, microsecond=0)
        self._read_minutes(this_minute)
        minutes = [this_minute - n * MINUTE for n in reversed(range(MINUTES))]
        return [self._sensor(row, minutes) for row in self._states.sensors()]

    def close(self) -> None:
        """Give the connection back."""
        self._states.close()

    def _read_minutes(self, this_minute: datetime) -> None:
        whole = self._all_read_in != this_minute
        means = self._states.minutes(this_minute - ((MINUTES if whole else FRESH_MINUTES) - 1) * MINUTE)
        if whole:
            self._means.clear()
            self._all_read_in = this_minute
        for sensor_id, minute, mean in means:
            self._means[sensor_id][minute] = mean

    def _sensor(self, row: dict[str, Any], minutes: list[datetime]) -> Sensor:
        means = self._means.get(row["sensor_id"], {})
        return Sensor(**row, minutes=[means.get(minute) for minute in minutes])

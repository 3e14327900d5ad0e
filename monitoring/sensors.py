"""Reads from the database: sensors and their last hour, excursions, anomalies, workflows, the backup."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from db.queries.backup import BackupState
from db.queries.status import SensorStates
from db.settings import DatabaseSettings
from monitoring.model import (
    Anomaly,
    Excursion,
    FailedWorkflow,
    OpenAnomalies,
    OpenExcursions,
    Sensor,
    UnclaimedJobs,
    Workflows,
)
from monitoring.thresholds import FAILED_WORKFLOW_AGE, NO_WORKER_AGE

MINUTE = timedelta(minutes=1)
MINUTES = 60
# Read in each collection; older minutes change only if readings arrive late.
RECENT_MINUTES = 2
MAX_EXCURSIONS = MAX_ANOMALIES = 20
MAX_FAILED_WORKFLOWS = 20


class SensorStatus(NamedTuple):
    """The sensors, ordered by ID, what lasts of them, what is wrong with workflows, and the backup."""

    sensors: list[Sensor]
    excursions: OpenExcursions
    anomalies: OpenAnomalies
    workflows: Workflows
    backup: BackupState | None


class SensorProbe:
    """Reads the sensors from the database. Not thread-safe.

    For a thousand sensors an hour has sixty thousand minutes, so the whole hour is read once per minute.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._states = SensorStates(settings)
        self._means: dict[str, dict[datetime, float]] = defaultdict(dict)
        self._hour_read_in: datetime | None = None

    def __call__(self, now: datetime) -> SensorStatus:
        """Return all sensors, ongoing excursions and anomalies, what is wrong with workflows, and the backup.

        Raises:
            StoreTimeout: When the database responds too slowly.
            StoreUnavailable: When the database does not respond.
        """
        this_minute = now.replace(second=0, microsecond=0)
        self._read_minutes(this_minute)
        minutes = [this_minute - n * MINUTE for n in reversed(range(MINUTES))]
        sensors = [self._sensor(row, minutes) for row in self._states.sensors()]
        total, latest = self._states.open_excursions(MAX_EXCURSIONS)
        excursions = OpenExcursions(total=total, latest=[Excursion(**row) for row in latest])
        total, latest = self._states.open_anomalies(MAX_ANOMALIES)
        anomalies = OpenAnomalies(total=total, latest=[Anomaly(**row) for row in latest])
        return SensorStatus(sensors, excursions, anomalies, self._workflows(), self._states.backup())

    def close(self) -> None:
        """Close the connection."""
        self._states.close()

    def _workflows(self) -> Workflows:
        failed = self._states.failed_workflows(FAILED_WORKFLOW_AGE, MAX_FAILED_WORKFLOWS)
        unclaimed = self._states.unclaimed_jobs(NO_WORKER_AGE)
        return Workflows(
            failed=[FailedWorkflow(**row) for row in failed],
            unclaimed=[UnclaimedJobs(**row) for row in unclaimed],
        )

    def _read_minutes(self, this_minute: datetime) -> None:
        whole_hour = self._hour_read_in != this_minute
        count = MINUTES if whole_hour else RECENT_MINUTES
        means = self._states.minutes(this_minute - (count - 1) * MINUTE)
        if whole_hour:
            self._means.clear()
            self._hour_read_in = this_minute
        for sensor_id, minute, mean in means:
            self._means[sensor_id][minute] = mean

    def _sensor(self, row: dict[str, Any], minutes: list[datetime]) -> Sensor:
        means = self._means.get(row["sensor_id"], {})
        return Sensor(**row, minutes=[means.get(minute) for minute in minutes])

"""The rule that finds offline sensors."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from monitoring.model import Problem, Sensor
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.thresholds import OFFLINE_INTERVALS, OFFLINE_MIN_SILENCE

LONG_AGO = datetime.min.replace(tzinfo=UTC)
# A longer interval is reported in whole seconds.
SHORT_SECONDS = 10


def sensor_problems(observation: Observation, inhibited_since: datetime | None) -> Iterator[Problem]:
    """Find offline sensors; while readings cannot arrive, only those that were offline before that."""
    for sensor in observation.sensors or []:
        if sensor.offline_since is None:
            continue
        if inhibited_since and not _was_offline(sensor, sensor.offline_since, inhibited_since):
            continue
        interval = sensor.interval_seconds
        usual = f"; it usually sends one every {_format_interval(interval)}" if interval else ""
        yield Problem(
            kind=ProblemKind.SENSOR_OFFLINE,
            subject=sensor.sensor_id,
            started_at=sensor.offline_since,
            message=f"Sensor {sensor.sensor_id} sends no readings{usual}.",
            hint="Check its power, its network and its log. If it was removed for good, retire it: "
            f"`sensorctl sensor retire {shlex.quote(sensor.sensor_id)}`, and it is no longer monitored.",
        )


def _format_interval(seconds: float) -> str:
    """Return an interval rounded to two digits, however short it is."""
    return f"{seconds:.2g} s" if seconds < SHORT_SECONDS else f"{seconds:.0f} s"


def _was_offline(sensor: Sensor, silent_since: datetime, moment: datetime) -> bool:
    """Return whether the sensor was offline at an earlier moment."""
    silence = max(OFFLINE_MIN_SILENCE, timedelta(seconds=OFFLINE_INTERVALS * (sensor.interval_seconds or 0)))
    return moment > LONG_AGO and moment - silent_since > silence

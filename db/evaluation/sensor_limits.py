"""Reads which limits hold for which sensors."""

from collections import defaultdict
from typing import Any

from psycopg import Cursor

from limits.follow import SensorLimits
from limits.model import Limit, LimitKind
from limits.schedule import parse_schedule
from runtime.severity import Severity

SENSOR_LIMITS = """
SELECT sensor_id, limit_id, kind, threshold, delay_seconds, hysteresis, coalesce(window_seconds, 0), severity,
       schedule, zone, expected_interval_seconds
FROM sensor_limit JOIN sensor_settings USING (sensor_id)
WHERE kind <> 'stale'
ORDER BY sensor_id, limit_id
"""


def load_sensor_limits(cursor: Cursor[Any]) -> dict[str, SensorLimits]:
    """Return the limits of each sensor that has any."""
    limits: dict[int, Limit] = {}
    of_sensors: dict[str, list[Limit]] = defaultdict(list)
    expected: dict[str, float | None] = {}
    for sensor_id, limit_id, *values, interval in cursor.execute(SENSOR_LIMITS):
        expected[sensor_id] = interval
        if limit_id not in limits:
            limits[limit_id] = _limit(limit_id, *values)
        of_sensors[sensor_id].append(limits[limit_id])
    return {name: SensorLimits(tuple(each), expected[name]) for name, each in of_sensors.items()}


def _limit(
    limit_id: int,
    kind: str,
    threshold: float,
    delay_seconds: float,
    hysteresis: float,
    window_seconds: float,
    severity: str,
    schedule: str | None,
    zone: str | None,
) -> Limit:
    return Limit(
        limit_id=limit_id,
        kind=LimitKind(kind),
        threshold=threshold,
        delay_seconds=delay_seconds,
        hysteresis=hysteresis,
        window_seconds=window_seconds,
        severity=Severity(severity),
        schedule=parse_schedule(schedule, zone) if schedule and zone else None,
    )

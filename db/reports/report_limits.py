"""The limits of sensors that a report shows, each with where it comes from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from db.reports.stored_samples import Period
from readings.times import format_timestamp
from reports.model import ReportLimit

# Of limits of the same kind and severity the most specific holds, as in sensor_limit; here of all that held
# in the period. Where none did, those that hold now count, so that imported history is not without.
LIMITS = """
WITH candidate AS (
    SELECT sensor.sensor_id, limit_id, kind, threshold, severity, schedule, zone, created_at, created_by,
           ended_at,
           CASE WHEN limit_rule.sensor_id IS NOT NULL THEN 1
                WHEN pattern IS NOT NULL THEN 2 ELSE 3 END AS generality,
           coalesce(pattern, limit_rule.location) AS held_by, length(pattern) AS pattern_length,
           created_at < :end AND coalesce(ended_at > :start, true) AS held
    FROM sensor_settings AS sensor
    JOIN limit_rule ON limit_rule.sensor_id = sensor.sensor_id OR limit_rule.location = sensor.location
        OR sensor.sensor_id LIKE like_pattern
    WHERE sensor.sensor_id = ANY(CAST(:sensors AS text[])) AND kind IN ('high', 'low')
), relevant AS (
    SELECT *, bool_or(held) OVER (PARTITION BY sensor_id) AS any_held FROM candidate
), ranked AS (
    SELECT *, dense_rank() OVER (
        PARTITION BY sensor_id, kind, severity ORDER BY generality, pattern_length DESC, held_by) AS place
    FROM relevant
    WHERE CASE WHEN any_held THEN held ELSE ended_at IS NULL END
)
SELECT DISTINCT ON (sensor_id, kind, threshold) * FROM ranked
WHERE place = 1
ORDER BY sensor_id, kind, threshold, limit_id DESC
"""
KINDS = ("high", "low")
SET_FOR = {1: "of the sensor", 2: "of the pattern {held_by}", 3: "of the location {held_by}"}


class _Row(NamedTuple):
    limit_id: int
    generality: int
    held_by: str | None
    severity: str
    schedule: str | None
    zone: str | None
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    held: bool


def read_limits(
    connection: Connection, sensors: Sequence[str], period: Period
) -> dict[str, tuple[ReportLimit, ...]]:
    """Return the limits of each sensor that has any: high limits before low, the highest first.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    found: dict[str, list[ReportLimit]] = {}
    for row in connection.execute(text(LIMITS), {"sensors": list(sensors), **period._asdict()}).mappings():
        limit = ReportLimit(kind=row["kind"], threshold=row["threshold"], source=_source(row, period))
        found.setdefault(row["sensor_id"], []).append(limit)
    return {
        sensor: tuple(sorted(limits, key=lambda limit: (KINDS.index(limit.kind), -limit.threshold)))
        for sensor, limits in found.items()
    }


def _source(row: Any, period: Period) -> str:
    limit = _Row(**{name: row[name] for name in _Row._fields})
    parts = [
        f"limit {limit.limit_id} {SET_FOR[limit.generality].format(held_by=limit.held_by)}, {limit.severity}",
        f"set by {limit.created_by}",
    ]
    if limit.created_at >= period.end:
        parts.append(f"after the period, at {format_timestamp(limit.created_at)}")
    elif limit.created_at > period.start:
        parts.append(f"since {format_timestamp(limit.created_at)}")
    if limit.ended_at is not None and limit.ended_at < period.end:
        parts.append(f"until {format_timestamp(limit.ended_at)}")
    if limit.schedule is not None:
        parts.append(f"monitored {limit.schedule} ({limit.zone})")
    return ", ".join(parts)

"""The limits of sensors that a report shows, each with where it comes from."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from db.reports.stored_samples import Period
from reports.model import ReportLimit
from reports.render.limit_sources import LimitSource, LimitText, Locale

# Of limits of the same kind and severity the most specific holds, as in sensor_limit; here of all that held
# in the period, those of a location while the sensor was there. Where none did, those that hold now count, so
# that imported history is not without.
LIMITS = """
WITH applied AS (
    SELECT sensor.sensor_id, limit_id, kind, threshold, severity, schedule, zone, created_by,
           CASE WHEN limit_rule.sensor_id IS NOT NULL THEN 1
                WHEN pattern IS NOT NULL THEN 2 ELSE 3 END AS generality,
           coalesce(pattern, limit_rule.location) AS held_by, pattern, length(pattern) AS pattern_length,
           greatest(created_at, place.since) AS created_at, least(ended_at, place.until) AS ended_at
    FROM sensor_settings AS sensor
    JOIN limit_rule ON limit_rule.sensor_id = sensor.sensor_id OR limit_rule.location IS NOT NULL
        OR sensor.sensor_id LIKE like_pattern
    LEFT JOIN sensor_location AS place
        ON place.sensor_id = sensor.sensor_id AND place.location = limit_rule.location
    WHERE sensor.sensor_id = ANY(CAST(:sensors AS text[])) AND kind IN ('high', 'low')
      AND (limit_rule.location IS NULL OR place.sensor_id IS NOT NULL)
), candidate AS (
    SELECT *, created_at < :end AND coalesce(ended_at > :start, true) AS held
    FROM applied WHERE coalesce(created_at < ended_at, true)
), relevant AS (
    SELECT *, bool_or(held) OVER (PARTITION BY sensor_id) AS any_held FROM candidate
), ranked AS (
    SELECT *, dense_rank() OVER (
        PARTITION BY sensor_id, kind, severity ORDER BY generality, pattern_length DESC, pattern) AS place
    FROM relevant
    WHERE CASE WHEN any_held THEN held ELSE ended_at IS NULL END
)
SELECT DISTINCT ON (sensor_id, kind, threshold) * FROM ranked
WHERE place = 1
ORDER BY sensor_id, kind, threshold, limit_id DESC, created_at DESC
"""
KINDS = ("high", "low")
HELD_FOR = {1: LimitText.OF_SENSOR, 2: LimitText.OF_PATTERN, 3: LimitText.OF_LOCATION}


def read_limits(
    connection: Connection, sensors: Sequence[str], period: Period, locale: Locale
) -> dict[str, tuple[ReportLimit, ...]]:
    """Return the limits of each sensor that has any: high limits before low, the highest first.

    Raises:
        StoreUnavailable: When the database does not answer.
    """
    found: dict[str, list[ReportLimit]] = {}
    for row in connection.execute(text(LIMITS), {"sensors": list(sensors), **period._asdict()}).mappings():
        limit = ReportLimit(kind=row["kind"], threshold=row["threshold"], source=_source(row, period, locale))
        found.setdefault(row["sensor_id"], []).append(limit)
    return {
        sensor: tuple(sorted(limits, key=lambda limit: (KINDS.index(limit.kind), -limit.threshold)))
        for sensor, limits in found.items()
    }


def _source(row: Any, period: Period, locale: Locale) -> str:
    source = LimitSource(
        number=row["limit_id"],
        held_for=HELD_FOR[row["generality"]],
        held_by=row["held_by"],
        severity=row["severity"],
        schedule=row["schedule"],
        zone=row["zone"],
        created_at=row["created_at"],
        created_by=row["created_by"],
        ended_at=row["ended_at"],
    )
    return source.describe(period.start, period.end, locale)

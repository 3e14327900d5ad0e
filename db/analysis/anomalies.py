"""The anomalies of sensors: stored as they are found, and replaced when a sensor was learned again."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from psycopg import Cursor

COLUMNS = "ended_at, detected_at, score, observed, expected, lower, upper, model_version, reason"
# What is found again after a restart is stored already.
SAVE = f"""
INSERT INTO detected_anomaly AS known (sensor_id, kind, started_at, {COLUMNS}, withdrawn_at)
VALUES (%(sensor_id)s, %(kind)s, to_timestamp(%(started_at)s),
        CASE WHEN %(ended_at)s::float8 IS NOT NULL
             THEN greatest(to_timestamp(%(ended_at)s), to_timestamp(%(started_at)s)) END,
        to_timestamp(%(detected_at)s), %(score)s, %(observed)s, %(expected)s, %(lower)s, %(upper)s,
        %(model_version)s, %(reason)s, CASE WHEN %(is_superseded)s THEN now() END)
ON CONFLICT (sensor_id, kind, started_at) DO UPDATE SET
    ({COLUMNS}, withdrawn_at) = (
        excluded.{COLUMNS.replace(", ", ", excluded.")},
        CASE WHEN %(is_superseded)s THEN coalesce(known.withdrawn_at, excluded.withdrawn_at) END
    )
WHERE (known.{COLUMNS.replace(", ", ", known.")}, known.withdrawn_at IS NULL)
      IS DISTINCT FROM (excluded.{COLUMNS.replace(", ", ", excluded.")}, excluded.withdrawn_at IS NULL)
"""  # noqa: S608 (a constant)
IS_FOUND_AGAIN = """EXISTS (
    SELECT FROM unnest(%(sensors)s::text[], %(kinds)s::text[], %(starts)s::float8[])
        AS again (sensor_id, kind, started)
    WHERE again.sensor_id = found.sensor_id AND again.kind = found.kind
      AND to_timestamp(again.started) = found.started_at
)"""
# Receivers that were notified of it are notified that it is over.
REPLACE = f"""
WITH gone AS (
    SELECT anomaly_id, EXISTS (
        SELECT FROM anomaly_notification AS notified WHERE notified.anomaly_id = found.anomaly_id
    ) AS is_notified
    FROM detected_anomaly AS found
    JOIN unnest(%(rebuilt)s::text[], %(since)s::float8[]) AS rebuilt (sensor_id, since) USING (sensor_id)
    WHERE started_at >= to_timestamp(since)
      AND NOT starts_with(model_version, %(others)s)
      AND NOT {IS_FOUND_AGAIN}
), withdrawn AS (
    UPDATE detected_anomaly AS found
    SET withdrawn_at = now(), ended_at = coalesce(ended_at, greatest(started_at, detected_at))
    FROM gone WHERE gone.anomaly_id = found.anomaly_id AND is_notified AND withdrawn_at IS NULL
)
DELETE FROM detected_anomaly AS found USING gone WHERE gone.anomaly_id = found.anomaly_id AND NOT is_notified
"""  # noqa: S608 (a constant)
# What had started before and lasts is in the state of no sensor any more, so nothing would ever end it.
END_EARLIER = f"""
UPDATE detected_anomaly AS found
SET ended_at = greatest(started_at, detected_at, to_timestamp(since))
FROM unnest(%(rebuilt)s::text[], %(since)s::float8[]) AS rebuilt (sensor_id, since)
WHERE rebuilt.sensor_id = found.sensor_id AND ended_at IS NULL AND withdrawn_at IS NULL
  AND started_at < to_timestamp(since)
  AND NOT starts_with(model_version, %(others)s)
  AND NOT {IS_FOUND_AGAIN}
"""  # noqa: S608 (a constant)
OPEN = """
SELECT sensor_id, kind, date_part('epoch', started_at) FROM detected_anomaly
WHERE ended_at IS NULL AND withdrawn_at IS NULL
"""


class AnomalyRow(NamedTuple):
    """An incident of a sensor; times are in seconds since 1970, temperatures in °C."""

    sensor_id: str
    kind: str
    started_at: float
    ended_at: float | None
    detected_at: float
    score: float
    observed: float
    expected: float
    lower: float
    upper: float
    model_version: str
    reason: str
    is_superseded: bool = False
    """Whether an incident of another kind explains it instead: it is withdrawn."""


def load_open(cursor: Cursor[Any]) -> list[tuple[str, str, float]]:
    """Return the sensor, the kind and the start of each anomaly that lasts."""
    return cursor.execute(OPEN).fetchall()


def save_anomalies(cursor: Cursor[Any], found: Sequence[AnomalyRow]) -> None:
    """Store anomalies, each in place of what was stored of it."""
    if found:
        cursor.executemany(SAVE, [row._asdict() for row in found])


def replace_anomalies(
    cursor: Cursor[Any], rebuilt: Mapping[str, float], found: Sequence[AnomalyRow], others: str
) -> None:
    """Let the stored anomalies of sensors from these times on equal those found, and end those of before.

    Those of models whose version starts with `others` stay.
    """
    save_anomalies(cursor, found)
    parameters = {
        "rebuilt": list(rebuilt),
        "since": list(rebuilt.values()),
        "others": others,
        "sensors": [row.sensor_id for row in found],
        "kinds": [row.kind for row in found],
        "starts": [row.started_at for row in found],
    }
    cursor.execute(REPLACE, parameters)
    cursor.execute(END_EARLIER, parameters)

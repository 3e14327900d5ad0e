"""What the analysis reads: new readings, the history of sensors, and which sensors there are."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

from psycopg import Cursor

from db.evaluation.history import retained_since
from db.feed import (
    FOLLOWED_UNTIL,
    HORIZON,
    PLAN,
    STORED_ELSEWHERE,
    Feed,
    Position,
    Row,
    Stored,
    followed_until,
    read_range,
    safe_horizon,
)

__all__ = ["retained_since"]

POSITION = "SELECT recent_xid, all_xid, old_before, date_part('epoch', saved_at) FROM analysis_cursor"
NEWEST = f"SELECT next_xid, ended_xid FROM {HORIZON}"  # noqa: S608 (a constant)
SENSORS = "SELECT sensor_id, location FROM sensor WHERE retired_at IS NULL"
# A retired sensor is not analysed any more.
END_RETIRED = """
UPDATE detected_anomaly AS anomaly SET ended_at = greatest(started_at, detected_at)
FROM sensor
WHERE ended_at IS NULL AND withdrawn_at IS NULL
  AND sensor.sensor_id = anomaly.sensor_id AND retired_at IS NOT NULL
"""
# The values are part of the statement, so that it is planned for the partitions that it reads.
HISTORY = """
SELECT sensor_id, date_part('epoch', measured_at), temperature
FROM reading
WHERE measured_at >= to_timestamp({since}) AND measured_at < to_timestamp({until})
  AND measured_at < {followed_until}
  AND (stored_xid < {until_xid} OR stored_xid IS NULL OR {stored_elsewhere})
  AND sensor_id IN (SELECT unnest(%s::text[]))
ORDER BY measured_at, reading_id
LIMIT {most}
"""
NEXT_MEASURED = """
SELECT date_part('epoch', min(measured_at)) FROM reading
WHERE measured_at >= to_timestamp({since}) AND measured_at < {followed_until}
"""


class SavedPosition(NamedTuple):
    """Up to where the states are saved, and when they were."""

    position: Position
    saved_at: float


class Newest(NamedTuple):
    """Up to which transaction can be read, and the next one."""

    horizon: int
    next_xid: int


def load_position(cursor: Cursor[Any]) -> SavedPosition:
    """Return up to where the states are saved."""
    row = cursor.execute(POSITION).fetchone()
    assert row
    *position, saved_at = row
    return SavedPosition(Position(*position), saved_at)


def newest_xid(cursor: Cursor[Any], position: Position) -> Newest:
    """Return up to which transaction can be read."""
    row = cursor.execute(NEWEST).fetchone()
    assert row
    next_xid, ended_xid = row
    return Newest(safe_horizon(position, next_xid, ended_xid), next_xid)


def read_new(cursor: Cursor[Any], feed: Feed, position: Position, horizon: int, *, with_old: bool) -> Stored:
    """Read what was stored since a position, of all sensors."""
    return feed.read(cursor, position, horizon, None, datetime.now(UTC), with_old=with_old)


def read_recent(
    cursor: Cursor[Any], old_before: datetime, xids: tuple[int, int], sensors: Collection[str]
) -> list[Row]:
    """Read what these transactions stored of some sensors, without older readings, in a transaction."""
    cursor.execute(PLAN, ("off",))
    return read_range(cursor, ">=", old_before, xids, sensors)


def read_history(
    cursor: Cursor[Any], window: tuple[float, float], until_xid: int, sensors: Collection[str], most: int
) -> list[Row]:
    """Read the first of what was measured in a window and stored before a transaction, in this order."""
    since, until = (f"'{time}'" for time in window)
    statement = HISTORY.format(
        since=since,
        until=until,
        followed_until=FOLLOWED_UNTIL,
        until_xid=until_xid,
        stored_elsewhere=STORED_ELSEWHERE,
        most=most,
    )
    return cursor.execute(statement.encode(), (followed_until(), list(sensors))).fetchall()


def next_measured(cursor: Cursor[Any], since: float) -> float | None:
    """Return when the first reading from a time on was measured; None if there is none."""
    statement = NEXT_MEASURED.format(since=f"'{since}'", followed_until=FOLLOWED_UNTIL)
    row = cursor.execute(statement.encode(), (followed_until(),)).fetchone()
    return row[0] if row else None


def load_sensors(cursor: Cursor[Any]) -> dict[str, str | None]:
    """Return the location of each sensor that is not retired, and end the anomalies of those that are."""
    cursor.execute(END_RETIRED)
    return dict(cursor.execute(SENSORS).fetchall())

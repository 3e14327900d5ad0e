"""The position up to which readings are evaluated, and what was stored since."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from psycopg import Cursor

from db.feed import HORIZON, Feed, Position, Row, Stored, safe_horizon
from limits.model import Reading

# A statement of its own, so that the next one sees what another process committed meanwhile.
LOCK = "SELECT FROM limit_cursor FOR UPDATE"
CURSOR = f"""
SELECT recent_xid, all_xid, old_before, revision, next_xid, ended_xid, (SELECT count(*) FROM sensor)
FROM limit_cursor, {HORIZON}
"""  # noqa: S608 (a constant)
FORGET_CHANGED = "DELETE FROM changed_reading"
SAVE_CURSOR = "UPDATE limit_cursor SET recent_xid = %s, all_xid = %s, old_before = %s"


class FeedCursor(NamedTuple):
    """How far the readings are evaluated, and the transaction before which all here have ended.

    `registered` is the number of sensors; those of all readings before that transaction are among them.
    """

    position: Position
    revision: int
    horizon: int
    registered: int

    @property
    def limits(self) -> tuple[int, int]:
        """What changes with the limits of sensors, except when a sensor moves or is retired."""
        return self.revision, self.registered


def lock_cursor(cursor: Cursor[Any]) -> FeedCursor:
    """Lock the position until the end of the transaction; another process waits."""
    cursor.execute(LOCK)
    row = cursor.execute(CURSOR).fetchone()
    assert row
    recent_xid, all_xid, old_before, revision, next_xid, ended_xid, registered = row
    position = Position(recent_xid, all_xid, old_before)
    return FeedCursor(position, revision, safe_horizon(position, next_xid, ended_xid), registered)


def advance_cursor(
    cursor: Cursor[Any], feed: Feed, locked: FeedCursor, sensors: Collection[str], now: datetime
) -> Stored:
    """Read what was stored since the position, and move it."""
    stored = feed.read(cursor, locked.position, locked.horizon, sensors, now)
    cursor.execute(SAVE_CURSOR, stored.position)
    return stored


def skip_stored(cursor: Cursor[Any], locked: FeedCursor) -> FeedCursor:
    """Move the position past what is stored, when no limit holds for it, and return it."""
    cursor.execute(FORGET_CHANGED)
    position = locked.position._replace(recent_xid=locked.horizon, all_xid=locked.horizon)
    cursor.execute(SAVE_CURSOR, position)
    return locked._replace(position=position)


def readings_by_sensor(*rows: Sequence[Row]) -> dict[str, list[Reading]]:
    """Return the readings of each sensor in the order in which they were measured."""
    readings = defaultdict(list)
    for sensor_id, measured_at, temperature in chain(*rows):
        readings[sensor_id].append(Reading(measured_at, temperature))
    for each in readings.values():
        each.sort()
    return readings

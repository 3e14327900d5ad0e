"""The states of the analysis, which are saved in one transaction with the position after them."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from psycopg import Cursor

from db.feed import Position

STATES = "SELECT sensor_id, state FROM analysis_state"
GROUP_STATES = "SELECT location, state FROM analysis_group_state"
SAVE_POSITION = """
UPDATE analysis_cursor SET recent_xid = %s, all_xid = %s, old_before = %s, saved_at = now()
"""
SAVE_STATES = """
INSERT INTO analysis_state AS known (sensor_id, state, last_measured_at)
SELECT sensor_id, state, to_timestamp(last)
FROM unnest(%b::text[], %b::bytea[], %b::float8[]) AS given (sensor_id, state, last)
ORDER BY sensor_id
ON CONFLICT (sensor_id) DO UPDATE SET
    state = excluded.state, last_measured_at = excluded.last_measured_at, saved_at = now()
"""
SAVE_GROUP_STATES = """
INSERT INTO analysis_group_state (location, state)
SELECT location, state FROM unnest(%b::text[], %b::bytea[]) AS given (location, state)
ORDER BY location
ON CONFLICT (location) DO UPDATE SET state = excluded.state, saved_at = now()
"""
DELETE_STATES = "DELETE FROM analysis_state WHERE sensor_id = ANY(%s)"
REBUILDS = """
SELECT rebuild_id, sensor_id, date_part('epoch', since), retired_at IS NULL OR merged_into IS NOT NULL
FROM analysis_rebuild JOIN sensor USING (sensor_id)
WHERE sensor_id IN (
    SELECT sensor_id FROM analysis_rebuild GROUP BY sensor_id
    HAVING bool_or(requested_by IS NOT NULL) OR max(requested_at) < now() - make_interval(secs => %s)
    ORDER BY min(rebuild_id) LIMIT %s
)
"""
FINISH_REBUILDS = "DELETE FROM analysis_rebuild WHERE rebuild_id = ANY(%s)"
# Of sensors that are waiting for a rebuild already, another one is not requested.
REQUEST_REBUILDS = """
INSERT INTO analysis_rebuild (sensor_id)
SELECT sensor_id FROM unnest(%s::text[]) AS given (sensor_id)
WHERE NOT EXISTS (SELECT FROM analysis_rebuild AS known
                  WHERE known.sensor_id = given.sensor_id AND rebuild_id <> ALL(%s))
"""


class SavedState(NamedTuple):
    """A state of a sensor, and when its last reading was measured."""

    state: bytes
    last_measured_at: float | None


class RequestedRebuild(NamedTuple):
    """A request to learn a sensor again from a time on; of one that is retired it has no effect."""

    rebuild_id: int
    sensor_id: str
    since: float
    has_effect: bool


class Checkpoint(NamedTuple):
    """What has changed since the last checkpoint, and the position after it."""

    position: Position
    states: Mapping[str, SavedState]
    group_states: Mapping[str, bytes] = {}
    removed: Collection[str] = ()
    finished_rebuilds: Collection[int] = ()


def load_states(cursor: Cursor[Any]) -> dict[str, bytes]:
    """Return the saved state of each sensor."""
    return dict(cursor.execute(STATES).fetchall())


def load_group_states(cursor: Cursor[Any]) -> dict[str, bytes]:
    """Return the saved state of each location."""
    return dict(cursor.execute(GROUP_STATES).fetchall())


def save_checkpoint(cursor: Cursor[Any], checkpoint: Checkpoint) -> None:
    """Save the states and the position, within the transaction of the cursor."""
    if checkpoint.states:
        states = checkpoint.states.values()
        names, lasts = list(checkpoint.states), [each.last_measured_at for each in states]
        cursor.execute(SAVE_STATES, (names, [each.state for each in states], lasts))
    if checkpoint.group_states:
        cursor.execute(
            SAVE_GROUP_STATES, (list(checkpoint.group_states), list(checkpoint.group_states.values()))
        )
    if checkpoint.removed:
        cursor.execute(DELETE_STATES, (list(checkpoint.removed),))
    if checkpoint.finished_rebuilds:
        cursor.execute(FINISH_REBUILDS, (list(checkpoint.finished_rebuilds),))
    cursor.execute(SAVE_POSITION, checkpoint.position)


def load_rebuilds(cursor: Cursor[Any], quiet_seconds: float, limit: int) -> list[RequestedRebuild]:
    """Return the requests of some sensors whose readings have not changed for some time."""
    return [RequestedRebuild(*row) for row in cursor.execute(REBUILDS, (quiet_seconds, limit))]


def request_rebuilds(cursor: Cursor[Any], sensors: Collection[str], running: Collection[int]) -> None:
    """Request rebuilds of sensors, besides the `running` requests, which may be too early to be of use."""
    cursor.execute(REQUEST_REBUILDS, (list(sensors), list(running)))

"""Reads and writes the excursions of sensors, and the states that their evaluation continues from."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Cursor

from limits.model import EndReason, Excursion
from limits.reconcile import MICROSECOND, Changes, StoredExcursion, reconcile
from limits.track import FOREVER, Replacement

OF_SENSORS = """
SELECT sensor_id, limit_id, excursion_id, end_reason,
       date_part('epoch', started_at), date_part('epoch', last_measured_at), peak, peak_temperature,
       date_part('epoch', peak_at), degree_minutes, date_part('epoch', ended_at)
FROM limit_excursion
WHERE sensor_id = ANY(%s) AND withdrawn_at IS NULL AND (started_at >= to_timestamp(%s) OR ended_at IS NULL)
ORDER BY started_at
"""
VALUES = (
    "to_timestamp(%(started_at)s), to_timestamp(%(last_at)s), %(peak)s, %(peak_temperature)s, "
    "to_timestamp(%(peak_at)s), %(degree_minutes)s, to_timestamp(%(ended_at)s), %(end_reason)s"
)
COLUMNS = (
    "started_at, last_measured_at, peak, peak_temperature, peak_at, degree_minutes, ended_at, end_reason"
)
ADD = f"""
INSERT INTO limit_excursion (sensor_id, limit_id, {COLUMNS}) VALUES (%(sensor_id)s, %(limit_id)s, {VALUES})
"""  # noqa: S608 (a constant)
UPDATE = f"""
UPDATE limit_excursion SET ({COLUMNS}) = ({VALUES}) WHERE excursion_id = %(excursion_id)s
"""  # noqa: S608 (a constant)
# Receivers that were notified of it are notified that it is resolved.
WITHDRAW = """
WITH notified AS (
    UPDATE limit_excursion SET withdrawn_at = now(), ended_at = coalesce(ended_at, last_measured_at),
        end_reason = coalesce(end_reason, 'recovered')
    WHERE excursion_id = ANY(%(ids)s)
      AND excursion_id IN (SELECT excursion_id FROM excursion_notification WHERE excursion_id = ANY(%(ids)s))
)
DELETE FROM limit_excursion
WHERE excursion_id = ANY(%(ids)s)
  AND excursion_id NOT IN (SELECT excursion_id FROM excursion_notification WHERE excursion_id = ANY(%(ids)s))
"""
# The limit no longer holds for the sensor: it has moved, or has a limit of its own now.
END_REMOVED = """
UPDATE limit_excursion AS excursion
SET ended_at = greatest(started_at, last_measured_at), end_reason = 'removed'
WHERE ended_at IS NULL AND withdrawn_at IS NULL
  AND NOT EXISTS (SELECT FROM sensor_limit AS held
                  WHERE held.sensor_id = excursion.sensor_id AND held.limit_id = excursion.limit_id)
"""
SAVE_STATE = """
INSERT INTO limit_state (sensor_id, checkpoint) VALUES (%s, %s)
ON CONFLICT (sensor_id) DO UPDATE SET checkpoint = excluded.checkpoint
"""


def replace_excursions(cursor: Cursor[Any], replacements: Sequence[tuple[str, Replacement]]) -> int:
    """Let the stored excursions equal the computed excursions, and return the number of new excursions."""
    added = 0
    while replacements:
        # A sensor's second replacement follows from what its first stored.
        first_of_each = dict(reversed(replacements))
        replacements = [each for each in replacements if first_of_each[each[0]] is not each[1]]
        added += _replace(cursor, list(first_of_each.items()))
    return added


def _replace(cursor: Cursor[Any], replacements: Sequence[tuple[str, Replacement]]) -> int:
    stored = _stored(cursor, replacements)
    added = 0
    for sensor_id, replacement in replacements:
        for limit_id, since in replacement.since.items():
            in_range = [
                each
                for each in stored[sensor_id, limit_id]
                if since - MICROSECOND <= each.excursion.started_at < replacement.until
                or (each.excursion.ended_at is None and replacement.until == FOREVER)
            ]
            changes = reconcile(in_range, replacement.excursions[limit_id])
            _apply(cursor, sensor_id, limit_id, changes)
            added += len(changes.added)
    return added


def end_removed(cursor: Cursor[Any]) -> None:
    """End the open excursions beyond limits that no longer hold for their sensor."""
    cursor.execute(END_REMOVED)


def load_checkpoints(cursor: Cursor[Any]) -> dict[str, dict[str, Any]]:
    """Return the state of each sensor that is beyond a limit."""
    return dict(cursor.execute("SELECT sensor_id, checkpoint FROM limit_state").fetchall())


def save_checkpoints(cursor: Cursor[Any], checkpoints: Mapping[str, dict[str, Any] | None]) -> None:
    """Save the states that are given, and delete those that are None."""
    saved = [(sensor_id, json.dumps(state)) for sensor_id, state in checkpoints.items() if state]
    deleted = [sensor_id for sensor_id, state in checkpoints.items() if not state]
    if saved:
        cursor.executemany(SAVE_STATE, saved)
    if deleted:
        cursor.execute("DELETE FROM limit_state WHERE sensor_id = ANY(%s)", (deleted,))


def _stored(
    cursor: Cursor[Any], replacements: Sequence[tuple[str, Replacement]]
) -> defaultdict[tuple[str, int], list[StoredExcursion]]:
    sensors = list({sensor_id for sensor_id, _ in replacements})
    since = min(at for _, replacement in replacements for at in replacement.since.values())
    found: defaultdict[tuple[str, int], list[StoredExcursion]] = defaultdict(list)
    rows = cursor.execute(OF_SENSORS, (sensors, max(since - 1, 0))).fetchall()
    for sensor_id, limit_id, excursion_id, end_reason, *values in rows:
        excursion = Excursion(*values)
        excursion.end_reason = EndReason(end_reason) if end_reason else None
        found[sensor_id, limit_id].append(StoredExcursion(excursion_id, excursion))
    return found


def _apply(cursor: Cursor[Any], sensor_id: str, limit_id: int, changes: Changes) -> None:
    # The open excursion that ends makes room for another that is open.
    if changes.removed:
        cursor.execute(WITHDRAW, {"ids": changes.removed})
    for stored in sorted(changes.updated, key=lambda each: each.excursion.ended_at is None):
        cursor.execute(UPDATE, {"excursion_id": stored.excursion_id, **_parameters(stored.excursion)})
    for excursion in changes.added:
        cursor.execute(ADD, {"sensor_id": sensor_id, "limit_id": limit_id, **_parameters(excursion)})


def _parameters(excursion: Excursion) -> dict[str, Any]:
    return {name: getattr(excursion, name) for name in Excursion.__slots__}

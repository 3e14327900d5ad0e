"""Versions of models."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from psycopg import Cursor
from psycopg.types.json import Jsonb

ACTIVE = "SELECT sensor_id, kind, version, trained_to, parameters FROM model WHERE active"
FIRST_DAYS = "SELECT sensor_id, kind, min(day) FROM model_evaluation GROUP BY sensor_id, kind"
REQUESTED = """
SELECT sensor_id, kind, version, trained_to, parameters, state FROM model
WHERE requested_at IS NOT NULL ORDER BY requested_at
"""
FINISH_REQUEST = """
UPDATE model SET requested_at = NULL WHERE sensor_id = %s AND kind = %s AND version = %s
"""
# Unless another version was requested meanwhile.
ACTIVATE = """
UPDATE model SET active = true
WHERE sensor_id = %(sensor_id)s AND kind = %(kind)s AND version = %(running)s AND NOT EXISTS (
    SELECT FROM model WHERE sensor_id = %(sensor_id)s AND kind = %(kind)s AND active
)
"""
REFUSE_REQUEST = """
UPDATE model SET requested_at = NULL, active = false
WHERE sensor_id = %(sensor_id)s AND kind = %(kind)s AND version = %(version)s
"""
DEACTIVATE = "UPDATE model SET active = false WHERE sensor_id = %s AND kind = %s AND active"
INSERT = """
INSERT INTO model (sensor_id, kind, version, trained_to, parameters, state, reason, active, requested_at)
SELECT %(sensor_id)s, %(kind)s, coalesce(max(version), 0) + 1, %(trained_to)s, %(parameters)s, %(state)s,
       %(reason)s, true, CASE WHEN NOT %(is_running)s THEN now() END
FROM model WHERE sensor_id = %(sensor_id)s AND kind = %(kind)s
RETURNING version
"""
DROP_OLD = """
DELETE FROM model WHERE sensor_id = %s AND kind = %s AND NOT active AND version <= %s
"""
# Means of half hours, from those of minutes.
HALF_HOURS = """
SELECT (floor(date_part('epoch', minute) / 1800) * 1800)::float8 AS half_hour,
       sum(mean_temperature * readings) / sum(readings)
FROM reading_minute
WHERE sensor_id = %s AND minute >= %s AND minute < %s
GROUP BY half_hour ORDER BY half_hour
"""


class ActiveModel(NamedTuple):
    """The version that a model of a sensor has continued from."""

    sensor_id: str
    kind: str
    version: int
    trained_to: dt.datetime
    parameters: Mapping[str, Any]


class RequestedModel(NamedTuple):
    """A version that someone requested to roll back to."""

    sensor_id: str
    kind: str
    version: int
    trained_to: dt.datetime
    parameters: Mapping[str, Any]
    state: bytes


class InstalledModel(NamedTuple):
    """A version that a model runs from now on."""

    sensor_id: str
    kind: str
    version: int


class NewModel(NamedTuple):
    """A new version of a model.

    One that is not running yet counts as requested until it is finished together with the states, so that
    another process installs it if this one ends before.
    """

    sensor_id: str
    kind: str
    trained_to: dt.datetime
    parameters: Mapping[str, Any]
    state: bytes
    reason: str
    is_running: bool


def load_active(cursor: Cursor[Any]) -> list[ActiveModel]:
    """Return the active version of each model."""
    return [ActiveModel(*row) for row in cursor.execute(ACTIVE)]


def load_first_days(cursor: Cursor[Any]) -> dict[tuple[str, str], dt.date]:
    """Return since when each model has been evaluated, by sensor and kind."""
    return {(sensor_id, kind): day for sensor_id, kind, day in cursor.execute(FIRST_DAYS)}


def load_requested(cursor: Cursor[Any]) -> list[RequestedModel]:
    """Return the versions that models are to be rolled back to."""
    return [RequestedModel(*row) for row in cursor.execute(REQUESTED)]


def finish_requests(cursor: Cursor[Any], installed: Iterable[InstalledModel]) -> None:
    """Record that models run these versions."""
    cursor.executemany(FINISH_REQUEST, installed)


def refuse_request(cursor: Cursor[Any], requested: RequestedModel, running: int | None) -> None:
    """Let the running version of a model stay the active one (None: there is none), not the requested one."""
    if running in (None, requested.version):
        cursor.execute(FINISH_REQUEST, requested[:3])
        return
    values = requested._asdict() | {"running": running}
    cursor.execute(REFUSE_REQUEST, values)
    cursor.execute(ACTIVATE, values)


def save_model(cursor: Cursor[Any], new: NewModel, kept: int) -> int:
    """Store a version as the active one, keep only the newest versions, and return its number."""
    cursor.execute(DEACTIVATE, (new.sensor_id, new.kind))
    values = new._asdict() | {"parameters": Jsonb(dict(new.parameters))}
    row = cursor.execute(INSERT, values).fetchone()
    assert row
    [version] = row
    cursor.execute(DROP_OLD, (new.sensor_id, new.kind, version - kept))
    return int(version)


def read_half_hours(
    cursor: Cursor[Any], sensor_id: str, since: dt.datetime, until: dt.datetime
) -> list[tuple[float, float]]:
    """Return the start and the mean temperature of the half hours of a sensor, in order."""
    return cursor.execute(HALF_HOURS, (sensor_id, since, until)).fetchall()

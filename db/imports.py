"""Undo of an import, as the owner: delete the readings that it brought."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

from db.engine import connect
from db.settings import DatabaseSettings
from runtime.json_values import dump_json

# Each statement may read the whole table.
STATEMENT_TIMEOUT_SECONDS = 60 * 60.0
DAYS = """
SELECT date_trunc('day', measured_at, 'UTC') AS starts_at, count(*) AS readings
FROM reading WHERE import_id = :import_id GROUP BY 1 ORDER BY 1
"""
# Two transactions that change the same readings could wait for each other. This is the lock of
# advance_sensor_changes(); inserts do not take it.
LOCK = "SELECT pg_advisory_xact_lock(5675003)"
DELETE = """
DELETE FROM reading
WHERE import_id = :import_id AND measured_at >= :since AND measured_at < :until + interval '1 day'
"""
# What a backfill brought was fetched from its source, which then counts as missing again.
UNCOVER = """
UPDATE source_coverage SET covered = covered - tstzmultirange(tstzrange(:since, :until + interval '1 day'))
FROM workflow WHERE workflow_id = :import_id AND source = spec ->> 'source'
"""
AUDIT = "SELECT record_audit(:actor, 'undo', 'import', :import_id, CAST(:before AS jsonb), NULL)"
# Writers of the same minutes wait while a transaction deletes.
MAX_READINGS_PER_TRANSACTION = 10_000


class Day(NamedTuple):
    """A UTC day with readings of an import."""

    starts_at: datetime
    readings: int


def undo_import(
    settings: DatabaseSettings, import_id: UUID, actor: str, progress: Callable[[int, int], None]
) -> int:
    """Delete the readings that an import brought, and return their number.

    Roll-ups are computed again, and the audit says who has undone it. The days are deleted in separate
    transactions, so that each is short; after an interruption the same call deletes the rest. `progress` is
    called with the number of deleted readings and the number of all. What a backfill of a source brought can
    be fetched again afterwards.

    Raises:
        PermissionDenied: When the role is not the owner.
        StoreUnavailable: When the database does not answer.
    """
    deleted = 0
    with connect(settings, name="undo", statement_timeout_seconds=STATEMENT_TIMEOUT_SECONDS) as connection:
        connection.execution_options(isolation_level="READ COMMITTED")
        with connection.begin():
            found = [Day(*row) for row in connection.execute(text(DAYS), {"import_id": import_id})]
            total = sum(day.readings for day in found)
            if found:
                connection.execute(text(UNCOVER), _parameters(import_id, found))
                before = dump_json({"readings": total})
                connection.execute(
                    text(AUDIT), {"actor": actor, "import_id": str(import_id), "before": before}
                )
        for days in _portions(found):
            progress(deleted, total)
            deleted += _delete(connection, import_id, days)
        progress(deleted, total)
    return deleted


def _portions(days: list[Day]) -> list[list[Day]]:
    """Group consecutive days, so that a portion has few readings or is a single day."""
    portions: list[list[Day]] = []
    for day in days:
        if portions and sum(d.readings for d in portions[-1]) + day.readings <= MAX_READINGS_PER_TRANSACTION:
            portions[-1].append(day)
        else:
            portions.append([day])
    return portions


def _delete(connection: Connection, import_id: UUID, days: list[Day]) -> int:
    with connection.begin():
        connection.execute(text(LOCK))
        return connection.execute(text(DELETE), _parameters(import_id, days)).rowcount


def _parameters(import_id: UUID, days: list[Day]) -> dict[str, object]:
    return {"import_id": import_id, "since": days[0].starts_at, "until": days[-1].starts_at}

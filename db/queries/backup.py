"""Reads from the server whether the continuous backup receives its write-ahead log."""

from typing import NamedTuple

from sqlalchemy import Connection, text

# The slot of deploy/backup/backup.sh, which only its receiver uses. Every role may read this. PostgreSQL has
# inactive_since from version 17 on. A server in recovery has no position of its own.
STATE = """
SELECT active AS is_received,
       extract(epoch FROM clock_timestamp() - (to_jsonb(slot) ->> 'inactive_since')::timestamptz)
           ::double precision AS inactive_seconds,
       CASE WHEN NOT pg_is_in_recovery()
            THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint END AS pending_bytes,
       coalesce(wal_status = 'lost', false) AS has_gap,
       current_setting('synchronous_standby_names') ~ '\\mbackup\\M' AS delays_commits
FROM pg_replication_slots AS slot
WHERE slot_name = 'backup'
"""


class BackupState(NamedTuple):
    """The continuous backup, as the server knows it.

    `inactive_seconds` is for how long nothing was received, None if that is not known. `pending_bytes` is how
    much of the log the server keeps for the backup, None if it is none. `has_gap` says whether it has removed
    log that was not received, and `delays_commits` whether commits wait for the backup.
    """

    is_received: bool
    inactive_seconds: float | None = None
    pending_bytes: int | None = None
    has_gap: bool = False
    delays_commits: bool = False


def read_backup(connection: Connection) -> BackupState | None:
    """Return the state of the backup; None if the server never had one."""
    row = connection.execute(text(STATE)).one_or_none()
    return BackupState(*row) if row else None

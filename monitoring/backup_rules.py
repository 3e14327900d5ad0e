"""The rule for a continuous backup of the database that has stopped."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from db.queries.backup import BackupState
from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.thresholds import MAX_BACKUP_SILENCE

MEBIBYTE = 1024 * 1024
STOPPED_HINT = (
    "Start it (`docker compose up -d backup`, or `deploy/backup/native.sh run`); if it runs, its log says "
    "why. If it was removed for good, drop its slot: SELECT pg_drop_replication_slot('backup')."
)
NO_SLOT_HINT = (
    "Start it (`docker compose up -d backup`); if it runs, its log says why. It makes a slot and a base "
    "backup by itself. If it was removed for good, restart the alerter and the dashboard."
)


def backup_problems(observation: Observation, *, had_backup: bool) -> Iterator[Problem]:
    """Find a backup that receives nothing; `had_backup`: an earlier observation found one.

    A primary that was promoted has no slot for the backup until the backup makes one, and a backup that does
    not run makes none. A single server whose slot is gone has no backup any more.
    """
    if observation.database_error is not None:
        return
    backup = observation.backup
    if backup is None:
        if had_backup and observation.database_hosts:
            message = "The backup has not started to receive from the new primary."
            yield _stopped(message, NO_SLOT_HINT, started_at=None)
    elif reason := backup_problem(backup):
        silence = backup.inactive_seconds
        started_at = None if silence is None else observation.at - timedelta(seconds=silence)
        yield _stopped(f"The backup {reason}.", STOPPED_HINT, started_at)


def backup_problem(backup: BackupState) -> str | None:
    """Return why the backup is incomplete, or will be; None if it receives, or is just starting again."""
    silence = backup.inactive_seconds
    if backup.is_received or (silence is not None and silence < MAX_BACKUP_SILENCE.total_seconds()):
        return None
    consequences = ""
    if backup.has_gap:
        consequences = "; what was stored since then cannot be restored until it has made another base backup"
    elif backup.pending_bytes is not None:
        consequences = f"; the database keeps {backup.pending_bytes / MEBIBYTE:.0f} MiB for it"
    if backup.delays_commits:
        consequences += "; commits wait for it, so nothing is stored"
    return f"does not receive the write-ahead log{consequences}"


def _stopped(message: str, hint: str, started_at: datetime | None) -> Problem:
    return Problem(
        kind=ProblemKind.BACKUP_STOPPED, subject="backup", started_at=started_at, message=message, hint=hint
    )

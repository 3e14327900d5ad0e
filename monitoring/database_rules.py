"""The rule that finds a database that is down or slow."""

from collections.abc import Iterator

from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind

DATABASE = "database"
# What PostgreSQL answers while its disk is full; to a new connection, only the latter.
DISK_FULL = ("No space left on device", "could not write init file")
DISK_FULL_HINT = (
    "The disk of the database is full: free space on it, or enlarge it, and remove nothing from the folder "
    "of its data."
)
DOWN_HINT = (
    "Start the database (`make up`), or check its log for whom or what it refuses, the free space of its "
    "disk, and `pg_stat_activity` for locks."
)
REFUSED_HINT = (
    "It may be stopped or stalled, or refuse this user: check its log, POSTGRES_USER and POSTGRES_PASSWORD, "
    "and run `sensorctl doctor`."
)


def database_problems(observation: Observation) -> Iterator[Problem]:
    """Find a database that is down for the consumers or for this process, or slow for this process."""
    outages, error = observation.outages(DATABASE), observation.database_error
    connected = observation.connected(DATABASE)
    if outages and not connected:
        contrast = "" if error else ", though it responds here"
        yield Problem(
            kind=ProblemKind.DATABASE_DOWN,
            subject=DATABASE,
            started_at=min(outage.since for outage in outages),
            message=f"No consumer can use the database{contrast}: {outages[0].reason}.",
            hint=f"{_hint_for(outages[0].reason) or DOWN_HINT} Readings wait in the queue and nothing is "
            "lost; the consumers continue by themselves.",
        )
    elif error:
        contrast = ", though consumers reach it" if connected else ""
        kind, verb = ProblemKind.DATABASE_DOWN, "is not available"
        hint = _hint_for(error) or REFUSED_HINT
        if observation.database_is_slow:
            kind, verb = ProblemKind.DATABASE_SLOW, "is too slow to report the sensors"
            hint = "Check the load of its machine, and `pg_stat_activity` for long queries and locks."
        yield Problem(
            kind=kind,
            subject=DATABASE,
            started_at=None,
            message=f"The database {verb} here{contrast}: {error}.",
            hint=f"{hint} Readings wait in the queue and nothing is lost.",
        )


def _hint_for(reason: str | None) -> str | None:
    """Return what to do about this reason, if it says what is wrong."""
    return DISK_FULL_HINT if any(sign in (reason or "") for sign in DISK_FULL) else None

"""The hosts of the database: which is the primary, and whether a standby could take its place."""

import time
from collections.abc import Iterator, Sequence

from db.queries.hosts import HostState, read_hosts
from db.settings import DatabaseSettings
from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.thresholds import MAX_STANDBY_LAG_BYTES
from runtime.text import escape_unprintable

INTERVAL_SECONDS = 5.0
STANDBY_HINT = (
    "Start it, or check its log; `sensorctl doctor` shows each host. If the primary is lost meanwhile, "
    "readings wait in the queue until one of the two is back."
)
SEVERAL_PRIMARIES_HINT = (
    "Stop the one that is not meant to be the primary at once: what it stores is missing from the other. "
    "Export its readings, make it a standby of the other again, and import them."
)
MEBIBYTE = 1024 * 1024


class DatabaseHostsProbe:
    """Reads the state of each host every few seconds. Not thread-safe."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self.hosts: Sequence[HostState] = ()  # as of the last time
        self._settings = settings
        self._due_at = 0.0

    def __call__(self) -> None:
        """Read them, if that is due; one that does not respond delays this, and fails nothing."""
        if time.monotonic() >= self._due_at:
            self.hosts = read_hosts(self._settings)
            self._due_at = time.monotonic() + INTERVAL_SECONDS


def database_host_problems(observation: Observation) -> Iterator[Problem]:
    """Find several primaries, and hosts that could not take the place of the primary."""
    hosts = observation.database_hosts
    primaries = [host for host in hosts if host.is_primary]
    if len(primaries) > 1:
        names = " and ".join(host.address for host in primaries)
        yield Problem(
            kind=ProblemKind.SEVERAL_PRIMARIES,
            subject="database",
            started_at=None,
            message=f"{names} are primaries at the same time: each of them accepts readings.",
            hint=SEVERAL_PRIMARIES_HINT,
        )
    for host in hosts:
        # Without a primary, no standby receives anything; that is another problem.
        if primaries and (reason := standby_problem(host, primaries[0])):
            yield Problem(
                kind=ProblemKind.STANDBY_DOWN,
                subject=host.address,
                started_at=None,
                message=escape_unprintable(f"The database's host {host.address} {reason}."),
                hint=STANDBY_HINT,
            )


def standby_problem(host: HostState, primary: HostState) -> str | None:
    """Return why a host could not take the place of the primary; None if it could, or is a primary."""
    if host.error:
        return f"does not respond: {host.error}"
    if host.is_primary:
        return None
    if not host.is_streaming:
        return "is a standby that receives nothing from the primary"
    lag = primary.position - host.position
    if lag > MAX_STANDBY_LAG_BYTES:
        return f"is a standby that is {lag / MEBIBYTE:.0f} MiB behind the primary"
    return None

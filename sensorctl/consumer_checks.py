"""The check that the consumers can store readings."""

import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from db.queries.server import LockHolder, Server
from monitoring.collector import Collector
from monitoring.database_rules import database_problems
from monitoring.observation import Observation
from monitoring.services import ServiceReport
from runtime.text import escape_unprintable
from sensorctl.checks import CheckResult
from sensorctl.settings import OperatorSettings

# A consumer waits 5 s for a lock, and up to 11 s until it tries again.
FIND_HOLDERS_SECONDS = 18.0
POLL_INTERVAL_SECONDS = 0.5


def check_consumers(settings: OperatorSettings) -> CheckResult:
    """Check that the consumers can use the database, as the status does; name who holds a lock they need.

    Raises:
        StoreUnavailable: When the database does not answer here.
    """
    with closing(Server(settings)) as server:
        server.time()  # so that the problem is that of the consumers
        with closing(Collector(settings)) as collector:
            reports = collector.probe_services()
        problem = next(database_problems(_observation(settings, reports)), None)
        if problem is None:
            return CheckResult("consumers", _describe(reports))
        holders = _find_lock_holders(server)
    status = f"{problem.kind}: {problem.message}"
    return CheckResult("consumers", status, _holders_hint(holders) if holders else problem.hint)


def _observation(settings: OperatorSettings, reports: list[ServiceReport]) -> Observation:
    """Return an observation of the services alone."""
    return Observation(
        at=datetime.now(UTC),
        reports=reports,
        queue_name=settings.queue_name,
        queue=None,
        broker_error=None,
        sensors=None,
        database_error=None,
        oldest_dead_letter=None,
    )


def _describe(reports: Sequence[ServiceReport]) -> str:
    if any(report.is_consumer for report in reports):
        return "the consumers that respond can use the database"
    return "no consumer responds at an address of SERVICES, so theirs is not checked"


def _find_lock_holders(server: Server) -> list[LockHolder]:
    """Return who keeps others waiting; a consumer waits for a lock only during an attempt to store.

    If no session holds a lock, such as when the consumers' password is wrong, they do not wait for one.
    """
    deadline = time.monotonic() + FIND_HOLDERS_SECONDS
    while not (holders := server.lock_holders()):
        if time.monotonic() > deadline or not server.has_locks_of_others():
            break
        time.sleep(POLL_INTERVAL_SECONDS)
    return holders


def _holders_hint(holders: Sequence[LockHolder]) -> str:
    sessions = ", ".join(escape_unprintable(str(holder)) for holder in holders)
    commands = " ".join(f"SELECT pg_terminate_backend({holder.pid});" for holder in holders)
    return (
        f"a lock is held by {sessions}: let it commit or roll back, or end it in `make psql` with "
        f"`{commands}`; readings wait in the queue meanwhile, and the consumers continue by themselves"
    )

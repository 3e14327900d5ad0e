"""The dashboard's telemetry: one method per event updates metrics, health and log together."""

from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from prometheus_client import Counter, Gauge, Histogram

from monitoring.model import SystemStatus
from monitoring.problems import ProblemKind
from runtime.health import Health
from runtime.metrics import DependencyMetrics, export_build

BROKER = "broker"
DATABASE = "database"
BROKER_PROBLEMS = frozenset({ProblemKind.BROKER_DOWN, ProblemKind.MANAGEMENT_API_DOWN})
DATABASE_PROBLEMS = frozenset({ProblemKind.DATABASE_DOWN})
COLLECTION = Histogram("dashboard_collection_duration_seconds", "Duration of collecting the system's status")
CLIENTS = Gauge("dashboard_clients", "Connected clients of the event stream")
DEPENDENCY_UP = Gauge(
    "dashboard_dependency_up", "1 while the dependency is up, 0 while it is down", ["dependency"]
)
DEPENDENCY_DOWN_SECONDS = Counter(
    "dashboard_dependency_down_seconds_total", "Seconds for which the dependency was down", ["dependency"]
)
REPLAYED = Counter("dashboard_dead_letters_replayed_total", "Dead letters replayed through the dashboard")
DISCARDED = Counter("dashboard_dead_letters_discarded_total", "Dead letters discarded through the dashboard")
UNAUTHORIZED = Counter(
    "dashboard_unauthorized_requests_total",
    "Requests with a wrong key, or to change something without the role",
)
LOGINS = Counter("dashboard_logins_total", "Logins with a key")
export_build("dashboard")


class DashboardTelemetry:
    """Reports what the dashboard does. One thread calls `status_collected`, any thread the other methods."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(
            health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER, DATABASE
        )
        self._log = structlog.get_logger().bind()

    def serving(self, port: int) -> None:
        """Report that the page is available."""
        self._log.info("serving", port=port)

    def setting_removed(self, variable: str, hint: str) -> None:
        """Report that a variable has no effect any more."""
        self._log.warning("setting without effect", variable=variable, hint=hint)

    def status_collected(self, status: SystemStatus, seconds: float) -> None:
        """Report a collected status, from which the health of the dependencies follows."""
        COLLECTION.observe(seconds)
        self._report(BROKER, BROKER_PROBLEMS, status, is_up=status.queue is not None)
        slow = any(problem.kind is ProblemKind.DATABASE_SLOW for problem in status.problems)
        self._report(DATABASE, DATABASE_PROBLEMS, status, is_up=status.sensors is not None or slow)
        self._health.heartbeat()

    def _report(
        self, dependency: str, kinds: frozenset[ProblemKind], status: SystemStatus, *, is_up: bool
    ) -> None:
        if is_up:
            self._dependencies.mark_up(dependency)
        else:
            messages = [problem.message for problem in status.problems if problem.kind in kinds]
            self._dependencies.mark_down(dependency, " ".join(messages) or "does not answer")

    @contextmanager
    def client_connected(self) -> Iterator[None]:
        """Count a client of the event stream while the block runs."""
        with CLIENTS.track_inprogress():
            yield

    def replayed(self, actor: str, reasons: Tally[str], refused: int) -> None:
        """Report dead letters that a client replayed."""
        REPLAYED.inc(reasons.total())
        counts = dict(reasons)
        self._log.warning(
            "dead letters replayed", actor=actor, messages=reasons.total(), reasons=counts, refused=refused
        )

    def discarded(self, actor: str, reasons: Tally[str]) -> None:
        """Report dead letters that a client discarded."""
        DISCARDED.inc(reasons.total())
        self._log.warning(
            "dead letters discarded", actor=actor, messages=reasons.total(), reasons=dict(reasons)
        )

    def audit_failed(self, actor: str, action: str, letters: list[str], reason: str) -> None:
        """Report changes of dead letters that the audit table lacks, so that the log has them."""
        self._log.error("audit failed", actor=actor, action=action, letters=letters, reason=reason)

    def request_rejected(self, reason: str, address: str) -> None:
        """Report a request with a wrong key, or to change something without the role for it."""
        UNAUTHORIZED.inc()
        self._log.warning("request rejected", reason=reason, address=address)

    def logged_in(self, key: str, address: str) -> None:
        """Report that a browser logged in with a key of this name."""
        LOGINS.inc()
        self._log.info("logged in", key=key, address=address)

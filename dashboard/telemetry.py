"""What happens in the dashboard: one function an event moves the metric, the health and the log together."""

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
LOOK = Histogram("dashboard_look_duration_seconds", "One look at the whole system")
CLIENTS = Gauge("dashboard_clients", "Pages that are open and listen")
DEPENDENCY_UP = Gauge(
    "dashboard_dependency_up", "1 while the dependency is up, 0 while it is down", ["dependency"]
)
DEPENDENCY_DOWN_SECONDS = Counter(
    "dashboard_dependency_down_seconds_total", "Seconds for which the dependency was down", ["dependency"]
)
REPLAYED = Counter("dashboard_dead_letters_replayed_total", "Dead letters that were replayed from the page")
DISCARDED = Counter(
    "dashboard_dead_letters_discarded_total", "Dead letters that were discarded from the page"
)
REFUSED = Counter("dashboard_orders_refused_total", "Orders to replay or discard without the right token")
export_build("dashboard")


class DashboardTelemetry:
    """Implements what the dashboard tells of itself. `looked` is for one thread, the others for any."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(
            health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER, DATABASE
        )
        self._log = structlog.get_logger().bind()

    def serving(self, port: int, *, writable: bool) -> None:
        """The page can be asked for."""
        self._log.info("serving", port=port, writable=writable)

    def looked(self, overview: SystemStatus, seconds: float) -> None:
        """The system was looked at."""
        LOOK.observe(seconds)
        self._tell(BROKER, BROKER_PROBLEMS, overview, answers=overview.queue is not None)
        self._tell(DATABASE, DATABASE_PROBLEMS, overview, answers=overview.sensors is not None)
        self._health.heartbeat()

    def _tell(
        self, need: str, kinds: frozenset[ProblemKind], overview: SystemStatus, *, answers: bool
    ) -> None:
        if answers:
            self._dependencies.mark_up(need)
        else:
            sentences = [problem.message for problem in overview.problems if problem.kind in kinds]
            self._dependencies.mark_down(need, " ".join(sentences) or "does not answer")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """A page is open."""
        with CLIENTS.track_inprogress():
            yield

    def replayed(self, reasons: Tally[str], refused: int) -> None:
        """Somebody with the token replayed dead letters."""
        REPLAYED.inc(reasons.total())
        self._log.warning("replayed", messages=reasons.total(), reasons=dict(reasons), refused=refused)

    def discarded(self, reasons: Tally[str]) -> None:
        """Somebody with the token discarded dead letters."""
        DISCARDED.inc(reasons.total())
        self._log.warning("discarded", messages=reasons.total(), reasons=dict(reasons))

    def order_refused(self, why: str) -> None:
        """Somebody without the token tried to."""
        REFUSED.inc()
        self._log.warning("order refused", reason=why)

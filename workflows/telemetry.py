"""The telemetry of the service: one method per event updates metrics, health and log together."""

from datetime import datetime

import structlog
from prometheus_client import Counter, Gauge

from runtime.errors import ServiceUnavailable
from runtime.health import Health
from runtime.metrics import DependencyMetrics, export_build
from runtime.text import escape_unprintable
from runtime.version import VERSION

BROKER = "broker"
DATABASE = "database"
OUTCOMES = ("fired", "replaced", "skipped", "nothing", "queued")
FIRED = Counter(
    "workflows_schedules_fired_total", "Times of schedules that were decided on, by the decision", ["outcome"]
)
REFUSED = Counter("workflows_schedules_refused_total", "Times of schedules whose workflow cannot be planned")
PUBLISHED = Counter("workflows_events_published_total", "Events of workflows that the broker has confirmed")
TICKETS = Counter("workflows_tickets_published_total", "Tickets of jobs that the broker has confirmed")
COMMANDS = Counter(
    "workflows_commands_total", "Commands that were received, by whether they were executed", ["result"]
)
FILES = Counter(
    "workflows_files_total",
    "Messages with names of files that were received, by whether a workflow was requested",
    ["result"],
)
UNAUTHORIZED = Counter(
    "workflows_unauthorized_requests_total",
    "Requests with a wrong key, or to change something without the role",
)
DEPENDENCY_UP = Gauge(
    "workflows_dependency_up", "1 while the dependency is up, 0 while it is down", ["dependency"]
)
DEPENDENCY_DOWN_SECONDS = Counter(
    "workflows_dependency_down_seconds_total", "Seconds for which the dependency was down", ["dependency"]
)
export_build("workflows")


class WorkflowsTelemetry:
    """Records what happens in the thread of schedules, in the broker's thread and in requests."""

    def __init__(self, health: Health) -> None:
        self._health = health
        # Each is for one thread.
        self._broker, self._database = (
            DependencyMetrics(health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, dependency)
            for dependency in (BROKER, DATABASE)
        )
        self._log = structlog.get_logger()
        self._is_up: dict[str, bool] = {}
        for outcome in OUTCOMES:
            FIRED.labels(outcome)
        for result in ("executed", "rejected"):
            COMMANDS.labels(result)
        for result in ("requested", "rejected"):
            FILES.labels(result)

    def serving(self, port: int) -> None:
        """Report that the API is available."""
        self._log.info("serving", version=VERSION, port=port)

    def progress(self) -> None:
        """Report that the thread of schedules is alive."""
        self._health.heartbeat()

    def database_up(self) -> None:
        """Report that the database answers."""
        self._database.mark_up(DATABASE)
        self._available(DATABASE)

    def database_down(self, error: ServiceUnavailable) -> None:
        """Report that the database does not answer; schedules fire once it does."""
        self._database.mark_down(DATABASE, str(error))
        self._unavailable(DATABASE, str(error))

    def broker_up(self) -> None:
        """Report that the broker is connected."""
        self._broker.mark_up(BROKER)
        self._available(BROKER)

    def broker_down(self, error: ServiceUnavailable, _retry_seconds: float) -> None:
        """Report that the broker is down; events wait in the database."""
        self._broker.mark_down(BROKER, str(error))
        self._unavailable(BROKER, str(error))

    def _available(self, dependency: str) -> None:
        if not self._is_up.get(dependency, False):
            self._is_up[dependency] = True
            self._log.info(f"{dependency} available")

    def _unavailable(self, dependency: str, reason: str) -> None:
        if self._is_up.get(dependency, True):
            self._is_up[dependency] = False
            self._log.warning(f"{dependency} unavailable", reason=reason)

    def schedule_fired(self, name: str, outcome: str, due: datetime | None, next_at: datetime | None) -> None:
        """Report what was decided at a time of a schedule."""
        FIRED.labels(outcome).inc()
        self._log.info(
            f"schedule {outcome}",
            schedule=name,
            due=due and due.isoformat(),
            next_at=next_at and next_at.isoformat(),
        )

    def schedule_refused(self, name: str, reason: str) -> None:
        """Report a schedule whose workflow cannot be planned; its time passes without one."""
        REFUSED.inc()
        self._log.error("schedule refused", schedule=name, reason=reason)

    def published(self, events: int, tickets: int) -> None:
        """Report what the broker has confirmed."""
        PUBLISHED.inc(events)
        TICKETS.inc(tickets)

    def command_executed(self, command: str, target: str, sender: str, state: object) -> None:
        """Report a command that was executed, with the state that the workflow has now."""
        COMMANDS.labels("executed").inc()
        self._log.warning(
            "command executed", command=command, workflow=target, sender=sender, state=str(state)
        )

    def command_rejected(self, key: str, sender: str, reason: str) -> None:
        """Report a command that cannot be executed."""
        COMMANDS.labels("rejected").inc()
        self._log.error("command rejected", key=key, sender=sender, reason=reason)

    def file_requested(self, name: str, workflow: str, sender: str) -> None:
        """Report a file for which a workflow was requested."""
        FILES.labels("requested").inc()
        self._log.info("file requested", file=escape_unprintable(name), workflow=workflow, sender=sender)

    def file_rejected(self, sender: str, reason: str) -> None:
        """Report a message that names no file."""
        FILES.labels("rejected").inc()
        self._log.error("file rejected", sender=sender, reason=reason)

    def request_rejected(self, reason: str, address: str) -> None:
        """Report a request with a wrong key, or to change something without the role for it."""
        UNAUTHORIZED.inc()
        self._log.warning("request rejected", reason=reason, address=address)

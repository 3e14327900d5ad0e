"""What happens in the watch: one function an event moves the metric, the health and the log together."""

import time
from collections.abc import Callable, Sequence

import structlog
from prometheus_client import Counter, Gauge

from alerter.alert import Change, Event
from monitoring.model import Problem
from monitoring.problems import ProblemKind
from runtime.health import Health
from runtime.metrics import DependencyMetrics, export_build
from runtime.version import VERSION

BROKER = "broker"  # as a need, and as the receiver of the events on the exchange
WEBHOOK = "webhook"

TOLD = Counter("alerter_events_told_total", "Events told: a problem began or ended", ["kind", "change"])
DELIVERED = Counter("alerter_events_delivered_total", "Events that their receiver has", ["receiver"])
DROPPED = Counter("alerter_events_dropped_total", "Events that their receiver will never get", ["receiver"])
WAITING = Gauge("alerter_events_waiting", "Events that wait for their receiver", ["receiver"])
WEBHOOK_FAILURES = Counter("alerter_webhook_failures_total", "Attempts that the webhook did not take")
PROBLEMS = Gauge("alerter_problems", "Problems that were told and last", ["kind"])
LOOKED = Gauge("watch_last_look_timestamp_seconds", "When the system was last looked at")
DEPENDENCY_UP = Gauge("alerter_dependency_up", "1 while the broker is up, 0 while it is down", ["dependency"])
DEPENDENCY_DOWN_SECONDS = Counter(
    "alerter_dependency_down_seconds_total", "Seconds for which the broker was down", ["dependency"]
)
export_build("alerter")


class AlerterTelemetry:
    """What the loop and the threads of the receivers tell of themselves."""

    def __init__(self, health: Health, clock: Callable[[], float] = time.monotonic) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(
            health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER, clock=clock
        )
        self._log = structlog.get_logger()
        self._answers: dict[str, bool] = {}
        for kind in ProblemKind:
            PROBLEMS.labels(kind)
            for change in (Change.BEGAN, Change.ENDED):
                TOLD.labels(kind, change)
        for receiver in (BROKER, WEBHOOK):
            DELIVERED.labels(receiver)
            DROPPED.labels(receiver)
            WAITING.labels(receiver)

    def started(self, interval_seconds: float, hold_seconds: float, *, webhook: bool) -> None:
        """The process begins."""
        self._log.info(
            "started",
            version=VERSION,
            interval_seconds=interval_seconds,
            hold_seconds=hold_seconds,
            webhook=webhook,
        )

    def looked(self, lasting: Sequence[Problem]) -> None:
        """The loop is alive, and this is wrong."""
        self._health.heartbeat()
        LOOKED.set_to_current_time()
        for kind in ProblemKind:
            PROBLEMS.labels(kind).set(sum(problem.kind is kind for problem in lasting))

    def told(self, event: Event) -> None:
        """An event goes to its receivers."""
        TOLD.labels(event.kind, event.change).inc()
        line = self._log.warning if event.change is Change.BEGAN else self._log.info
        name = "watching" if event.change is Change.STARTED else f"problem {event.change}"
        line(name, kind=event.kind, subject=event.subject, message=event.sentence)

    def waiting(self, receiver: str, events: int) -> None:
        """So many wait."""
        WAITING.labels(receiver).set(events)

    def delivered(self, receiver: str) -> None:
        """The receiver has it."""
        DELIVERED.labels(receiver).inc()

    def answers(self, receiver: str) -> None:
        """The receiver takes what there is to take."""
        if receiver == BROKER:
            self._dependencies.mark_up(BROKER)
        if not self._answers.get(receiver, False):
            self._answers[receiver] = True
            self._log.info(f"{receiver} answers")

    def lost(self, receiver: str, reason: str, retry_seconds: float, waiting: int) -> None:
        """The receiver takes nothing; what waits is tried again."""
        self._answers[receiver] = False
        if receiver == BROKER:
            self._dependencies.mark_down(BROKER, reason)
        else:
            WEBHOOK_FAILURES.inc()
        self._log.warning(
            f"{receiver} unavailable",
            reason=reason,
            retry_seconds=round(retry_seconds, 1),
            events_waiting=waiting,
        )

    def dropped(self, receiver: str, event: Event, reason: str) -> None:
        """The receiver will never get this event."""
        DROPPED.labels(receiver).inc()
        self._log.error("event dropped", receiver=receiver, key=event.routing_key, reason=reason)

    def left(self, receiver: str, events: int) -> None:
        """The process ends before so many were delivered; what still lasts is told again by the next one."""
        self._log.warning("events left", receiver=receiver, events=events)

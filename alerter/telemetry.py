"""The alerter's metrics, health and log: one method per event updates them together."""

from collections.abc import Iterable, Sequence

import structlog
from prometheus_client import Counter, Gauge

from alerter.addresses import BROKER, WEBHOOK
from alerter.alert import AlertStatus
from alerter.notification import STARTED_KIND, Notification
from monitoring.model import Problem
from monitoring.problems import ProblemKind
from monitoring.receiver_rules import DOWN_SINCE_METRIC
from runtime.health import Health
from runtime.metrics import DependencyMetrics, export_build
from runtime.version import VERSION

EVENTS = Counter("alerter_events_total", "Alerts that started firing or were resolved", ["kind", "status"])
FIRING = Gauge("alerter_alerts_firing", "Alerts that are firing", ["kind"])
DELIVERED = Counter(
    "alerter_notifications_delivered_total", "Notifications that the receiver accepted", ["receiver"]
)
DROPPED = Counter(
    "alerter_notifications_dropped_total",
    "Notifications that the receiver rejected, or that were pending for too long or with too many others",
    ["receiver"],
)
PENDING = Gauge("alerter_notifications_pending", "Notifications that wait for the receiver", ["receiver"])
FAILURES = Counter(
    "alerter_notification_failures_total",
    "Failed attempts to notify the receiver, which are retried",
    ["receiver"],
)
DOWN_SINCE = Gauge(
    DOWN_SINCE_METRIC,
    "When the receiver first did not accept a notification that it was sent; 0 once it accepted one",
    ["receiver"],
)
WEBHOOK_FAILURES = Counter("alerter_webhook_failures_total", "Failed attempts to notify the webhook")
LAST_EVALUATION = Gauge("alerter_last_evaluation_timestamp_seconds", "When the status was last evaluated")
DEPENDENCY_UP = Gauge("alerter_dependency_up", "1 while the broker is up, 0 while it is down", ["dependency"])
DEPENDENCY_DOWN_SECONDS = Counter(
    "alerter_dependency_down_seconds_total", "Seconds for which the broker was down", ["dependency"]
)
export_build("alerter")


class AlerterTelemetry:
    """Records what happens in the main loop and in the notifiers' threads."""

    def __init__(self, health: Health, receivers: Iterable[str] = (BROKER,)) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER)
        self._log = structlog.get_logger()
        self._receivers = tuple(receivers)
        self._up: dict[str, bool] = {}
        for kind in ProblemKind:
            FIRING.labels(kind)
            for status in AlertStatus:
                EVENTS.labels(kind, status)
        for receiver in {BROKER, WEBHOOK, *self._receivers}:
            for metric in (DELIVERED, DROPPED, PENDING, FAILURES):
                metric.labels(receiver)
            if receiver != BROKER:
                DOWN_SINCE.labels(receiver).set(0)

    def started(self, interval_seconds: float, for_seconds: float) -> None:
        """Record the start of the process."""
        self._log.info(
            "started",
            version=VERSION,
            interval_seconds=interval_seconds,
            for_seconds=for_seconds,
            receivers=",".join(self._receivers),
        )

    def evaluated(self, firing: Sequence[Problem]) -> None:
        """Record an evaluation, with the problems whose alerts are firing."""
        self._health.heartbeat()
        LAST_EVALUATION.set_to_current_time()
        for kind in ProblemKind:
            FIRING.labels(kind).set(sum(problem.kind is kind for problem in firing))

    def notified(self, notification: Notification) -> None:
        """Record a notification that is handed to the notifiers."""
        if notification.kind == STARTED_KIND:
            self._log.info("first evaluation finished", message=notification.message)
            return
        EVENTS.labels(notification.kind, notification.status).inc(len(notification.subjects))
        log = self._log.warning if notification.status is AlertStatus.FIRING else self._log.info
        log(
            f"alert {notification.status}",
            kind=notification.kind,
            subject=notification.subjects[0] if len(notification.subjects) == 1 else None,
            alerts=len(notification.subjects),
            message=notification.message,
        )

    def state_unusable(self, reason: str) -> None:
        """Record that the firing alerts cannot be kept, so that a restart repeats their notifications."""
        self._log.warning("alert state unusable", reason=reason)

    def pending(self, receiver: str, notifications: int) -> None:
        """Record how many notifications wait for a receiver."""
        PENDING.labels(receiver).set(notifications)

    def delivered(self, receiver: str) -> None:
        """Record that a receiver accepted a notification."""
        DELIVERED.labels(receiver).inc()

    def receiver_up(self, receiver: str) -> None:
        """Record that a receiver responded."""
        if receiver == BROKER:
            self._dependencies.mark_up(BROKER)
        else:
            DOWN_SINCE.labels(receiver).set(0)
        if not self._up.get(receiver, False):
            self._up[receiver] = True
            self._log.info(f"{receiver} available")

    def receiver_down(self, receiver: str, reason: str, retry_seconds: float, pending: int) -> None:
        """Record a failed attempt, which is retried."""
        self._mark_down(receiver)
        FAILURES.labels(receiver).inc()
        if receiver == BROKER:
            self._dependencies.mark_down(BROKER, reason)
        elif receiver == WEBHOOK:
            WEBHOOK_FAILURES.inc()
        self._log.warning(
            f"{receiver} unavailable",
            reason=reason,
            retry_seconds=round(retry_seconds, 1),
            notifications_pending=pending,
        )

    def dropped(self, receiver: str, notification: Notification, reason: str) -> None:
        """Record a notification that a receiver will not get."""
        DROPPED.labels(receiver).inc()
        self._mark_down(receiver)
        self._log.error(
            "notification dropped", receiver=receiver, key=notification.routing_key, reason=reason
        )

    def _mark_down(self, receiver: str) -> None:
        if receiver != BROKER and self._up.get(receiver, True):
            DOWN_SINCE.labels(receiver).set_to_current_time()
        self._up[receiver] = False

    def undelivered(self, receiver: str, notifications: int) -> None:
        """Record what was pending at the shutdown; alerts that still fire are notified after a restart."""
        self._log.warning("notifications undelivered", receiver=receiver, notifications=notifications)

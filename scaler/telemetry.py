"""The metrics, health and log of the scaler: one method per event updates them together."""

import time
from collections.abc import Callable

import structlog
from prometheus_client import Counter, Gauge

from runtime.health import Health
from runtime.metrics import DependencyMetrics, export_build
from runtime.version import VERSION
from scaler.rules import ScalingRules

BROKER = "broker"
TARGET = "target"
MESSAGES = Gauge("scaler_queue_messages", "Ready messages in the queue when it was last read")
REPLICAS = Gauge("scaler_replicas", "Consumers that are requested")
SCALINGS = Counter("scaler_scalings_total", "Changes of the number of consumers", ["direction"])
DEPENDENCY_UP = Gauge(
    "scaler_dependency_up",
    "1 while the dependency is up, 0 while it is down; the target is what is scaled",
    ["dependency"],
)
DEPENDENCY_DOWN_SECONDS = Counter(
    "scaler_dependency_down_seconds_total", "Seconds for which the dependency was down", ["dependency"]
)
export_build("scaler")


class ScalerTelemetry:
    """Records what happens in the main loop."""

    def __init__(self, health: Health, clock: Callable[[], float] = time.monotonic) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(
            health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, BROKER, TARGET, clock=clock
        )
        self._log = structlog.get_logger()
        self._reasons: dict[str, str] = {}
        for direction in ("up", "down"):
            SCALINGS.labels(direction)

    def started(self, rules: ScalingRules) -> None:
        """Record the start of the process."""
        self._log.info(
            "started",
            version=VERSION,
            min_replica_count=rules.scaler_min_replica_count,
            max_replica_count=rules.scaler_max_replica_count,
            value=rules.scaler_value,
        )

    def progress(self) -> None:
        """Record that the loop is alive."""
        self._health.heartbeat()

    def dependency_up(self, dependency: str) -> None:
        """Record that a dependency answers."""
        self._reasons.pop(dependency, None)
        seconds = self._dependencies.mark_up(dependency)
        if seconds is not None:
            self._log.info(f"{dependency} available", down_seconds=round(seconds, 1))

    def dependency_down(self, dependency: str, reason: str) -> None:
        """Record that a dependency does not answer; the number of consumers is kept."""
        self._dependencies.mark_down(dependency, reason)
        if self._reasons.get(dependency) != reason:
            self._reasons[dependency] = reason
            self._log.warning(f"{dependency} unavailable", reason=reason)

    def measured(self, messages: int, replicas: int) -> None:
        """Record the length of the queue and the number of consumers."""
        MESSAGES.set(messages)
        REPLICAS.set(replicas)

    def scaled(self, messages: int, before: int, after: int) -> None:
        """Record a change of the number of consumers."""
        REPLICAS.set(after)
        SCALINGS.labels("up" if after > before else "down").inc()
        self._log.info("scaled", messages=messages, from_replicas=before, to_replicas=after)

"""Collects the state of the whole system from all its parts."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from monitoring.backlog import BacklogEstimator
from monitoring.broker import OldestDeadLetterProbe, QueueProbe
from monitoring.discovery import Discovery, Target, build_discoveries
from monitoring.model import Health, Queue, Sensor, Service, SystemStatus
from monitoring.observation import Observation
from monitoring.probes import ProbePool, wait_for_result
from monitoring.restarts import RestartCounter
from monitoring.sensors import SensorProbe
from monitoring.services import ServiceProbe, ServiceReport
from monitoring.settings import MonitoringSettings
from monitoring.throughput import ThroughputMeter
from monitoring.tracker import ProblemTracker

COLLECT_TIMEOUT_SECONDS = 2.0
# A name that does not resolve this fast does not delay the rest.
DISCOVERY_TIMEOUT_SECONDS = 0.5


class Collector:
    """Collects the system's status again and again, and tracks its problems. Not thread-safe."""

    def __init__(self, settings: MonitoringSettings) -> None:
        """Prepare the probes.

        Raises:
            ConfigurationError: When a setting is wrong.
        """
        self._queue_name = settings.queue_name
        self._discoveries = build_discoveries(settings.services)
        self._pool = ProbePool()
        self._probe_queue = QueueProbe(settings)
        self._probe_sensors = SensorProbe(settings)
        self._probe_service = ServiceProbe()
        self._probe_oldest_dead_letter = OldestDeadLetterProbe(settings, self._pool)
        self._throughput = ThroughputMeter()
        self._restarts = RestartCounter()
        self._problems = ProblemTracker()
        self._backlog = BacklogEstimator()

    def collect(self) -> SystemStatus:
        """Return the current status. Never raises: a part that does not respond is a problem in the status.

        Takes at most two seconds. Rates need two collections, so they are None in the first.
        """
        observation = self._observe(time.monotonic() + COLLECT_TIMEOUT_SECONDS)
        self._throughput.add(time.monotonic(), observation.reports)
        return SystemStatus(
            at=observation.at,
            services=[report.service for report in observation.reports],
            queue=observation.queue,
            throughput=self._throughput.throughput(),
            sensors=observation.sensors,
            problems=self._problems.update(observation),
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()
        self._probe_sensors.close()
        self._probe_service.close()

    def _observe(self, deadline: float) -> Observation:
        queue_future = self._pool.start("queue", self._probe_queue)
        sensors_future = self._pool.start("sensors", lambda: self._probe_sensors(datetime.now(UTC)))
        reports = self._restarts.count(self._probe_services(deadline))
        sensors, broker = wait_for_result(sensors_future, deadline), wait_for_result(queue_future, deadline)
        at = datetime.now(UTC)
        queue = self._with_age(broker.value, at, sensors.value or [], reports) if broker.value else None
        return Observation(
            at=at,
            reports=reports,
            queue_name=self._queue_name,
            queue=queue,
            broker_error=broker.error,
            sensors=sensors.value,
            database_error=sensors.error,
            oldest_dead_letter=self._probe_oldest_dead_letter(queue.dead_letters, deadline)
            if queue
            else None,
        )

    def _with_age(
        self, queue: Queue, at: datetime, sensors: Sequence[Sensor], reports: Iterable[ServiceReport]
    ) -> Queue:
        oldest = self._backlog.oldest_measured_at(queue, at, sensors, reports)
        return replace(queue, oldest_measured_at=oldest)

    def _probe_services(self, deadline: float) -> list[ServiceReport]:
        targets = [target for found in self._discover_targets() for target in found]
        futures = [
            (target, self._pool.start(f"service {target.name}", partial(self._probe_service, target)))
            for target in targets
        ]
        return [wait_for_result(future, deadline).value or _too_slow(target) for target, future in futures]

    def _discover_targets(self) -> Iterable[list[Target]]:
        deadline = time.monotonic() + DISCOVERY_TIMEOUT_SECONDS
        futures = [
            (discovery, self._pool.start(f"discovery {discovery.name}", discovery.discover_targets))
            for discovery in self._discoveries
        ]
        for discovery, future in futures:
            targets = wait_for_result(future, deadline).value
            yield [_unresolved(discovery)] if targets is None else targets


def _too_slow(target: Target) -> ServiceReport:
    reason = f"it did not answer all requests in {COLLECT_TIMEOUT_SECONDS:g} s"
    service = Service(name=target.name, health=Health.STALLED, reason=reason, restarts=target.restarts)
    return ServiceReport(service=service)


def _unresolved(discovery: Discovery) -> Target:
    reason = f"its name did not resolve in {DISCOVERY_TIMEOUT_SECONDS:g} s"
    return Target(name=discovery.name, address=None, reason=reason)

"""Collects the state of the whole system from all its parts."""

import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from monitoring.broker import OldestDeadLetterProbe, QueueProbe
from monitoring.broker_nodes import BrokerNodesProbe
from monitoring.database_hosts import DatabaseHostsProbe
from monitoring.discovery import Discovery, Target, build_discoveries
from monitoring.model import Health, Queue, Service, SystemStatus
from monitoring.observation import Observation
from monitoring.probes import ProbePool, wait_for_result
from monitoring.queue_counts import QueueCounts, QueueCountsProbe
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
        self._probe_counts = QueueCountsProbe(settings)
        self._probe_nodes = BrokerNodesProbe(settings)
        self._probe_sensors = SensorProbe(settings)
        self._probe_hosts = DatabaseHostsProbe(settings)
        self._probe_service = ServiceProbe()
        self._probe_oldest_dead_letter = OldestDeadLetterProbe(settings, self._pool)
        self._throughput = ThroughputMeter()
        self._counts: QueueCounts | None = None
        self._restarts = RestartCounter()
        self._problems = ProblemTracker()

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
            excursions=observation.excursions,
            anomalies=observation.anomalies,
            problems=self._problems.update(observation),
            unread=list(observation.unread()),
        )

    def probe_services(self) -> list[ServiceReport]:
        """Return what each service reports. Never raises; takes at most two seconds."""
        return self._probe_services(time.monotonic() + COLLECT_TIMEOUT_SECONDS)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()
        self._probe_counts.close()
        self._probe_sensors.close()
        self._probe_service.close()

    def _observe(self, deadline: float) -> Observation:
        queue_future = self._pool.start("queue", self._probe_queue)
        counts_future = self._pool.start("queue counts", self._probe_counts)
        nodes_future = self._pool.start("broker nodes", self._probe_nodes)
        sensors_future = self._pool.start("sensors", lambda: self._probe_sensors(datetime.now(UTC)))
        hosts_future = self._pool.start("database hosts", self._probe_hosts)
        reports = self._restarts.count(self._probe_services(deadline))
        sensors, broker = wait_for_result(sensors_future, deadline), wait_for_result(queue_future, deadline)
        counts = wait_for_result(counts_future, deadline).value
        if not self._probe_hosts.hosts:  # later, those of the last time do, as one that is down is waited for
            wait_for_result(hosts_future, deadline)
        queue = self._with_counts(broker.value, counts) if broker.value and counts else broker.value
        return Observation(
            at=datetime.now(UTC),
            reports=reports,
            queue_name=self._queue_name,
            queue=queue,
            broker_error=broker.error,
            broker_exception=broker.exception,
            broker_responds=counts is not None,
            cluster=wait_for_result(nodes_future, deadline).value,
            sensors=sensors.value.sensors if sensors.value else None,
            excursions=sensors.value.excursions if sensors.value else None,
            anomalies=sensors.value.anomalies if sensors.value else None,
            workflows=sensors.value.workflows if sensors.value else None,
            database_error=sensors.error,
            database_exception=sensors.exception,
            database_hosts=self._probe_hosts.hosts,
            backup=sensors.value.backup if sensors.value else None,
            oldest_dead_letter=self._probe_oldest_dead_letter(queue.dead_letters, deadline)
            if queue
            else None,
        )

    def _with_counts(self, queue: Queue, counts: QueueCounts) -> Queue:
        """Return the queue with the counts of this moment instead of the broker's statistics.

        A client that lists the dead letters holds them for a moment, and only the statistics count those. So
        there are no dead letters only once two collections found none, or the statistics are zero.
        """
        still_empty = self._counts is not None and self._counts.dead_letters == counts.dead_letters == 0
        self._counts = counts
        return replace(
            queue,
            ready=counts.ready,
            consumers=counts.consumers,
            dead_letters=0 if still_empty else max(counts.dead_letters, queue.dead_letters),
            oldest_enqueued_at=queue.oldest_enqueued_at if counts.ready else None,
        )

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

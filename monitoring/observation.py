"""What one collection found, as the rules evaluate it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from db.errors import StoreTimeout
from db.queries.backup import BackupState
from db.queries.hosts import HostState
from messaging.management.client import ManagementRefused
from monitoring.broker import OldestDeadLetter
from monitoring.broker_nodes import BrokerCluster
from monitoring.model import OpenAnomalies, OpenExcursions, Queue, Sensor, Workflows
from monitoring.problems import Source
from monitoring.services import ServiceReport
from runtime.health import Dependency


class Failure(NamedTuple):
    """What fails in a service: the labels of its metric, and since when."""

    service: str
    labels: Mapping[str, str]
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Observation:
    """The results of all probes at one moment.

    `broker_error` and `database_error` say why the management API or the database returned nothing;
    `broker_exception` and `database_exception` are the exceptions behind them. `broker_responds` says whether
    the broker itself responded here.
    """

    at: datetime
    reports: list[ServiceReport]
    queue_name: str
    queue: Queue | None
    broker_error: str | None
    broker_exception: Exception | None = None
    broker_responds: bool = False
    cluster: BrokerCluster | None = None
    sensors: list[Sensor] | None
    excursions: OpenExcursions | None = None
    anomalies: OpenAnomalies | None = None
    workflows: Workflows | None = None
    database_error: str | None
    database_exception: Exception | None = None
    database_hosts: Sequence[HostState] = ()
    backup: BackupState | None = None
    oldest_dead_letter: OldestDeadLetter | None

    @property
    def database_is_slow(self) -> bool:
        """Whether the database responds, but not in time for the status query.

        A response that is merely late means that as long as consumers reach the database.
        """
        late = isinstance(self.database_exception, TimeoutError)
        return isinstance(self.database_exception, StoreTimeout) or (late and self.connected("database"))

    @property
    def management_is_refused(self) -> bool:
        """Whether the management API responds, but refuses this user."""
        return isinstance(self.broker_exception, ManagementRefused)

    def connected(self, dependency: str) -> bool:
        """Return whether any service reports this dependency as up; of the database, any consumer."""
        return any(state.reason is None for state in self._states(dependency))

    def outages(self, dependency: str) -> list[Dependency]:
        """Return the reports of the services, or of the consumers, for which this dependency is down."""
        return [state for state in self._states(dependency) if state.reason is not None]

    def last_arrival(self) -> datetime | None:
        """Return when the newest reading arrived at the database."""
        arrivals = [sensor.last_received_at for sensor in self.sensors or [] if sensor.last_received_at]
        return max(arrivals, default=None)

    def failures(self, metric: str) -> Iterator[Failure]:
        """Yield what fails by a metric that is the time since when, and 0 while nothing fails."""
        for report in self.reports:
            for sample in report.samples:
                if sample.name == metric and sample.value > 0:
                    yield Failure(
                        report.service.name, sample.labels, datetime.fromtimestamp(sample.value, UTC)
                    )

    def unread(self) -> Iterator[Source]:
        """Yield the sources that were not read."""
        if self.queue is None:
            yield Source.QUEUE
        if self.cluster is None:
            yield Source.BROKER_NODES
        if self.sensors is None:
            yield Source.DATABASE

    def _states(self, dependency: str) -> list[Dependency]:
        """Return the reports about a dependency.

        Only consumers store readings, each with the same login: while the database refuses that, it does not
        matter that others reach it. Where no consumer responds, the others say whether it is up.
        """
        reports = [report for report in self.reports if dependency in report.dependencies]
        if dependency == "database":
            reports = [report for report in reports if report.is_consumer] or reports
        return [report.dependencies[dependency] for report in reports]

"""What can be wrong: one table for `sensorctl status`, the alerter, `sensorctl doctor` and Prometheus.

`deploy/prometheus/alerts.yml` repeats names and severities, because YAML cannot import them;
tests/unit/deploy holds it against this module.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from runtime.severity import Severity


class ProblemKind(StrEnum):
    """A problem that `sensorctl status`, the dashboard and the alerter report."""

    BROKER_DOWN = "broker-down"
    BROKER_NODE_DOWN = "broker-node-down"
    BROKER_RESOURCE_ALARM = "broker-resource-alarm"
    QUEUE_WITHOUT_QUORUM = "queue-without-quorum"
    QUEUE_DROPS_MESSAGES = "queue-drops-messages"
    MANAGEMENT_API_DOWN = "management-api-down"
    DATABASE_DOWN = "database-down"
    DATABASE_SLOW = "database-slow"
    STANDBY_DOWN = "standby-down"
    SEVERAL_PRIMARIES = "several-primaries"
    BACKUP_STOPPED = "backup-stopped"
    SERVICE_DOWN = "service-down"
    SERVICE_STALLED = "service-stalled"
    SERVICE_NOT_READY = "service-not-ready"
    NO_CONSUMERS = "no-consumers"
    BACKLOG = "backlog"
    DEAD_LETTERS = "dead-letters"
    SENSOR_OFFLINE = "sensor-offline"
    ANALYSIS_BEHIND = "analysis-behind"
    NO_WORKER = "no-worker"
    WORKFLOW_FAILED = "workflow-failed"
    RECEIVER_DOWN = "receiver-down"
    FOLDER_DOWN = "folder-down"
    OUTBOX_FAILING = "outbox-failing"

    @property
    def severity(self) -> Severity:
        """The severity of a problem of this kind."""
        return DEFINITIONS[self].severity

    @property
    def alert_name(self) -> str:
        """The name of the alert for a problem of this kind: `broker-down` is `BrokerDown`."""
        return "".join(map(str.capitalize, self.split("-")))


class Source(StrEnum):
    """What a status is read from, besides the services themselves."""

    QUEUE = "queue"
    BROKER_NODES = "broker-nodes"
    DATABASE = "database"


class Definition(NamedTuple):
    """What is fixed for a kind of problem.

    `in_prometheus` says whether deploy/prometheus/alerts.yml has a rule for it, too. `subject_label` is the
    label of the alert that holds the subject; without one, all problems of the kind are one alert.
    `only_shown_by` is the source without which it is unknown whether the problem lasts; None if the services
    show it, or several sources. `resolved` is what a notification says once the problem is over.
    """

    severity: Severity
    in_prometheus: bool
    subject_label: str | None
    only_shown_by: Source | None
    resolved: str


DEFINITIONS: Mapping[ProblemKind, Definition] = {
    ProblemKind.BROKER_DOWN: Definition(
        Severity.CRITICAL,
        in_prometheus=True,
        subject_label=None,
        only_shown_by=None,
        resolved="The broker is reachable again",
    ),
    ProblemKind.BROKER_NODE_DOWN: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="node",
        only_shown_by=Source.BROKER_NODES,
        resolved="The broker's node {subject} runs again",
    ),
    ProblemKind.BROKER_RESOURCE_ALARM: Definition(
        Severity.CRITICAL,
        in_prometheus=True,
        subject_label="node",
        only_shown_by=Source.BROKER_NODES,
        resolved="The broker's node {subject} has no alarm any more",
    ),
    ProblemKind.QUEUE_WITHOUT_QUORUM: Definition(
        Severity.CRITICAL,
        in_prometheus=False,
        subject_label="queue",
        only_shown_by=Source.BROKER_NODES,
        resolved="The queue {subject} accepts messages again",
    ),
    ProblemKind.QUEUE_DROPS_MESSAGES: Definition(
        Severity.CRITICAL,
        in_prometheus=False,
        subject_label="queue",
        only_shown_by=Source.QUEUE,
        resolved="No limit lets the broker drop messages of {subject} any more",
    ),
    ProblemKind.MANAGEMENT_API_DOWN: Definition(
        Severity.WARNING,
        in_prometheus=False,
        subject_label=None,
        only_shown_by=None,
        resolved="The broker's management API responds again",
    ),
    ProblemKind.DATABASE_DOWN: Definition(
        Severity.CRITICAL,
        in_prometheus=True,
        subject_label=None,
        only_shown_by=None,
        resolved="The database is reachable again",
    ),
    ProblemKind.DATABASE_SLOW: Definition(
        Severity.WARNING,
        in_prometheus=False,
        subject_label=None,
        only_shown_by=None,
        resolved="The database responds in time again",
    ),
    ProblemKind.STANDBY_DOWN: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="host",
        only_shown_by=Source.DATABASE,
        resolved="The database's host {subject} can take the place of the primary again",
    ),
    ProblemKind.SEVERAL_PRIMARIES: Definition(
        Severity.CRITICAL,
        in_prometheus=True,
        subject_label=None,
        only_shown_by=Source.DATABASE,
        resolved="The database has one primary again",
    ),
    ProblemKind.BACKUP_STOPPED: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label=None,
        only_shown_by=Source.DATABASE,
        resolved="The backup receives the write-ahead log again",
    ),
    ProblemKind.SERVICE_DOWN: Definition(
        Severity.CRITICAL,
        in_prometheus=True,
        subject_label="service",
        only_shown_by=None,
        resolved="{subject} responds again",
    ),
    ProblemKind.SERVICE_STALLED: Definition(
        Severity.CRITICAL,
        in_prometheus=False,
        subject_label="service",
        only_shown_by=None,
        resolved="{subject} makes progress again",
    ),
    ProblemKind.SERVICE_NOT_READY: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="service",
        only_shown_by=None,
        resolved="{subject} is ready again",
    ),
    ProblemKind.NO_CONSUMERS: Definition(
        Severity.CRITICAL,
        in_prometheus=True,
        subject_label="queue",
        only_shown_by=Source.QUEUE,
        resolved="The queue {subject} has consumers again",
    ),
    ProblemKind.BACKLOG: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="queue",
        only_shown_by=Source.QUEUE,
        resolved="The backlog of the queue {subject} is over",
    ),
    ProblemKind.DEAD_LETTERS: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="queue",
        only_shown_by=Source.QUEUE,
        resolved="The queue {subject} is empty",
    ),
    ProblemKind.SENSOR_OFFLINE: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="sensor",
        only_shown_by=Source.DATABASE,
        resolved="Sensor {subject} is no longer offline",
    ),
    ProblemKind.ANALYSIS_BEHIND: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="service",
        only_shown_by=Source.DATABASE,
        resolved="{subject} has caught up with the stored readings",
    ),
    ProblemKind.NO_WORKER: Definition(
        Severity.WARNING,
        in_prometheus=False,
        subject_label="job_kind",
        only_shown_by=Source.DATABASE,
        resolved="Jobs of the kind {subject} have a worker again, or none are ready",
    ),
    ProblemKind.WORKFLOW_FAILED: Definition(
        Severity.WARNING,
        in_prometheus=False,
        subject_label="workflow",
        only_shown_by=Source.DATABASE,
        resolved="The workflow {subject} was run again, or failed more than a day ago",
    ),
    ProblemKind.RECEIVER_DOWN: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="receiver",
        only_shown_by=None,
        resolved="The receiver {subject} accepts notifications again",
    ),
    ProblemKind.FOLDER_DOWN: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="service",
        only_shown_by=None,
        resolved="{subject} reads the folder of files for reports again",
    ),
    ProblemKind.OUTBOX_FAILING: Definition(
        Severity.WARNING,
        in_prometheus=True,
        subject_label="service",
        only_shown_by=None,
        resolved="{subject} writes its outbox again",
    ),
}

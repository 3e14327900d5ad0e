"""What can be wrong: one table for `sensorctl status`, the alerter, `sensorctl doctor` and Prometheus.

`deploy/prometheus/alerts.yml` repeats names, severities and thresholds, because YAML cannot import them;
tests/unit/deploy holds it against this module.
"""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from runtime.severity import Severity

# A sensor is offline if it sends nothing for this many of its usual intervals, and for at least this long.
# The view `sensor_status` decides by the same numbers.
OFFLINE_INTERVALS = 5
OFFLINE_MIN_SILENCE = timedelta(seconds=30)
# A backlog is a problem if more than this many messages wait, the oldest of them for longer than this.
BACKLOG_MESSAGES = 100
BACKLOG_AGE = timedelta(seconds=30)
# The analysis is behind if readings that it has not analysed have been stored for longer.
MAX_ANALYSIS_LAG = timedelta(seconds=60)
# No worker is a problem if a job has been ready, and no worker for its kind was seen, for this long. A
# workflow that failed is reported for a day, unless it is retried or requested again before.
NO_WORKER_AGE = timedelta(seconds=60)
FAILED_WORKFLOW_AGE = timedelta(days=1)
# A standby is behind if it has yet to apply more of the write-ahead log: some minutes of a heavy load.
MAX_STANDBY_LAG_BYTES = 64 * 1024 * 1024
# A backup that starts again, or whose database does, receives after a few seconds.
MAX_BACKUP_SILENCE = timedelta(seconds=30)
# A consumer that started this recently may not consume yet.
STARTUP_GRACE = timedelta(seconds=15)
# The variables that make consumers store in batches. alerts.yml and the documentation repeat them.
BATCH_MODE = "BATCH_SIZE=auto"


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
        return STATUS_ALERTS[self].severity

    @property
    def alert_name(self) -> str:
        """The name of the alert for a problem of this kind."""
        return STATUS_ALERTS[self].name


class Alert(NamedTuple):
    """The name and the severity of an alert, and whether Prometheus has a rule for it too."""

    name: str
    severity: Severity
    in_prometheus: bool


STATUS_ALERTS = {
    ProblemKind.BROKER_DOWN: Alert("BrokerDown", Severity.CRITICAL, in_prometheus=True),
    ProblemKind.BROKER_NODE_DOWN: Alert("BrokerNodeDown", Severity.WARNING, in_prometheus=True),
    ProblemKind.BROKER_RESOURCE_ALARM: Alert("BrokerResourceAlarm", Severity.CRITICAL, in_prometheus=True),
    ProblemKind.QUEUE_WITHOUT_QUORUM: Alert("QueueWithoutQuorum", Severity.CRITICAL, in_prometheus=False),
    ProblemKind.QUEUE_DROPS_MESSAGES: Alert("QueueDropsMessages", Severity.CRITICAL, in_prometheus=False),
    ProblemKind.MANAGEMENT_API_DOWN: Alert("ManagementApiDown", Severity.WARNING, in_prometheus=False),
    ProblemKind.DATABASE_DOWN: Alert("DatabaseDown", Severity.CRITICAL, in_prometheus=True),
    ProblemKind.DATABASE_SLOW: Alert("DatabaseSlow", Severity.WARNING, in_prometheus=False),
    ProblemKind.STANDBY_DOWN: Alert("StandbyDown", Severity.WARNING, in_prometheus=True),
    ProblemKind.SEVERAL_PRIMARIES: Alert("SeveralPrimaries", Severity.CRITICAL, in_prometheus=True),
    ProblemKind.BACKUP_STOPPED: Alert("BackupStopped", Severity.WARNING, in_prometheus=True),
    ProblemKind.SERVICE_DOWN: Alert("ServiceDown", Severity.CRITICAL, in_prometheus=True),
    ProblemKind.SERVICE_STALLED: Alert("ServiceStalled", Severity.CRITICAL, in_prometheus=False),
    ProblemKind.SERVICE_NOT_READY: Alert("ServiceNotReady", Severity.WARNING, in_prometheus=True),
    ProblemKind.NO_CONSUMERS: Alert("NoConsumers", Severity.CRITICAL, in_prometheus=True),
    ProblemKind.BACKLOG: Alert("Backlog", Severity.WARNING, in_prometheus=True),
    ProblemKind.DEAD_LETTERS: Alert("DeadLetters", Severity.WARNING, in_prometheus=True),
    ProblemKind.SENSOR_OFFLINE: Alert("SensorOffline", Severity.WARNING, in_prometheus=True),
    ProblemKind.ANALYSIS_BEHIND: Alert("AnalysisBehind", Severity.WARNING, in_prometheus=True),
    ProblemKind.NO_WORKER: Alert("NoWorker", Severity.WARNING, in_prometheus=False),
    ProblemKind.WORKFLOW_FAILED: Alert("WorkflowFailed", Severity.WARNING, in_prometheus=False),
    ProblemKind.RECEIVER_DOWN: Alert("ReceiverDown", Severity.WARNING, in_prometheus=True),
    ProblemKind.FOLDER_DOWN: Alert("FolderDown", Severity.WARNING, in_prometheus=True),
    ProblemKind.OUTBOX_FAILING: Alert("OutboxFailing", Severity.WARNING, in_prometheus=True),
}
# What a notification says once the problem is over.
RESOLVED_MESSAGES = {
    ProblemKind.BROKER_DOWN: "The broker is reachable again",
    ProblemKind.BROKER_NODE_DOWN: "The broker's node {subject} runs again",
    ProblemKind.BROKER_RESOURCE_ALARM: "The broker's node {subject} has no alarm any more",
    ProblemKind.QUEUE_WITHOUT_QUORUM: "The queue {subject} accepts messages again",
    ProblemKind.QUEUE_DROPS_MESSAGES: "No limit lets the broker drop messages of {subject} any more",
    ProblemKind.MANAGEMENT_API_DOWN: "The broker's management API responds again",
    ProblemKind.DATABASE_DOWN: "The database is reachable again",
    ProblemKind.DATABASE_SLOW: "The database responds in time again",
    ProblemKind.STANDBY_DOWN: "The database's host {subject} can take the place of the primary again",
    ProblemKind.SEVERAL_PRIMARIES: "The database has one primary again",
    ProblemKind.BACKUP_STOPPED: "The backup receives the write-ahead log again",
    ProblemKind.SERVICE_DOWN: "{subject} responds again",
    ProblemKind.SERVICE_STALLED: "{subject} makes progress again",
    ProblemKind.SERVICE_NOT_READY: "{subject} is ready again",
    ProblemKind.NO_CONSUMERS: "The queue {subject} has consumers again",
    ProblemKind.BACKLOG: "The backlog of the queue {subject} is over",
    ProblemKind.DEAD_LETTERS: "The queue {subject} is empty",
    ProblemKind.SENSOR_OFFLINE: "Sensor {subject} is no longer offline",
    ProblemKind.ANALYSIS_BEHIND: "{subject} has caught up with the stored readings",
    ProblemKind.NO_WORKER: "Jobs of the kind {subject} have a worker again, or none are ready",
    ProblemKind.WORKFLOW_FAILED: "The workflow {subject} was run again, or failed more than a day ago",
    ProblemKind.RECEIVER_DOWN: "The receiver {subject} accepts notifications again",
    ProblemKind.FOLDER_DOWN: "{subject} reads the folder of files for reports again",
    ProblemKind.OUTBOX_FAILING: "{subject} writes its outbox again",
}
# What only metrics show: their history, and the servers of a cluster that nothing else reads.
PROMETHEUS_ALERTS = (
    Alert("ServiceRestarting", Severity.WARNING, in_prometheus=True),
    Alert("NoReadingsStored", Severity.WARNING, in_prometheus=True),
    Alert("HighEndToEndLatency", Severity.WARNING, in_prometheus=True),
    Alert("ReadingsDropped", Severity.CRITICAL, in_prometheus=True),
    Alert("DatabaseWithoutPrimary", Severity.CRITICAL, in_prometheus=True),
    Alert("EtcdWithoutQuorum", Severity.CRITICAL, in_prometheus=True),
    Alert("EtcdMemberDown", Severity.WARNING, in_prometheus=True),
)

"""The metrics, health and log of the analysis: one method per event updates them together."""

import time
from collections.abc import Iterable

import structlog
from prometheus_client import Counter, Gauge

from analysis.anomaly import Anomaly, AnomalyKind
from db.errors import PermissionDenied
from runtime.health import Health
from runtime.metrics import DependencyMetrics, export_build
from runtime.version import VERSION

DATABASE = "database"
READINGS = Counter("analysis_readings_total", "Readings that were analysed")
LATE = Counter(
    "analysis_readings_late_total", "Readings that were left out because later readings came before them"
)
ANOMALIES = Counter("analysis_anomalies_total", "Anomalies that started", ["kind"])
REBUILDS = Counter("analysis_rebuilds_total", "Sensors that were learned again from their stored readings")
ACTIVE = Gauge("analysis_active", "1 while this process analyses, 0 while it stands by")
SENSORS = Gauge("analysis_sensors", "Sensors that have a state")
REBUILDING = Gauge("analysis_sensors_rebuilding", "Sensors that are learned again at present")
LAG = Gauge("analysis_lag_seconds", "For how long readings have been stored that are not analysed yet")
LAST_CHECKPOINT = Gauge("analysis_last_checkpoint_timestamp_seconds", "When the states were last saved")
CHECKPOINT_SECONDS = Gauge("analysis_checkpoint_duration_seconds", "How long the last checkpoint took")
DEPENDENCY_UP = Gauge(
    "analysis_dependency_up", "1 while the database is up, 0 while it is down", ["dependency"]
)
DEPENDENCY_DOWN_SECONDS = Counter(
    "analysis_dependency_down_seconds_total", "Seconds for which the database was down", ["dependency"]
)
export_build("analysis")


class AnalysisTelemetry:
    """Records what happens in the main loop."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._dependencies = DependencyMetrics(health, DEPENDENCY_UP, DEPENDENCY_DOWN_SECONDS, DATABASE)
        self._log = structlog.get_logger()
        self._behind_since: float | None = None
        self._is_standby = False
        LAG.set_function(self.lag_seconds)
        for kind in AnomalyKind:
            ANOMALIES.labels(kind.value)

    def started(self, false_alarms_per_day: float) -> None:
        """Record the start of the process."""
        self._log.info("started", version=VERSION, false_alarms_per_day=false_alarms_per_day)

    def progress(self) -> None:
        """Record that the loop is alive."""
        self._health.heartbeat()

    def standing_by(self) -> None:
        """Record that another process analyses, and this one waits until it ends."""
        self.database_up()
        if not self._is_standby:
            self._is_standby = True
            self._log.info("standing by", reason="another instance analyses")

    def analysing(self, sensors: int) -> None:
        """Record that this process analyses from now on."""
        self.database_up()
        self._is_standby = False
        ACTIVE.set(1)
        self._log.info("analysing", sensors=sensors)

    def database_up(self) -> None:
        """Record that the database responds."""
        outage_seconds = self._dependencies.mark_up(DATABASE)
        if outage_seconds is not None:
            self._log.info("database available", outage_seconds=round(outage_seconds, 1))

    def database_down(self, error: Exception, retry_seconds: float) -> None:
        """Record that the database is down, and with it the lock is lost."""
        ACTIVE.set(0)
        self._dependencies.mark_down(DATABASE, str(error))
        hint = (
            "run `sensorctl setup`, which creates the role" if isinstance(error, PermissionDenied) else None
        )
        self._log.warning(
            "database unavailable", reason=str(error), hint=hint, retry_seconds=round(retry_seconds, 1)
        )

    def analysed(self, readings: int, late: int, sensors: int) -> None:
        """Record a batch of readings."""
        READINGS.inc(readings)
        LATE.inc(late)
        SENSORS.set(sensors)

    def found(self, started: Iterable[tuple[str, Anomaly]]) -> None:
        """Record anomalies that were found; those that were known before are not counted again."""
        for sensor_id, anomaly in started:
            ANOMALIES.labels(anomaly.kind.value).inc()
            self._log.info("anomaly found", sensor=sensor_id, kind=anomaly.kind.value, reason=anomaly.reason)

    def not_stored(self, error: Exception) -> None:
        """Record anomalies that the database rejects."""
        self._log.error("anomalies not stored", reason=str(error))

    def unusable(self, sensors: Iterable[tuple[str, str]]) -> None:
        """Record states that cannot be used, of sensors that are learned again."""
        for sensor_id, reason in sensors:
            self._log.warning("state unusable", sensor=sensor_id, reason=reason)

    def model_saved(self, sensor_id: str, kind: str, version: int, reason: str) -> None:
        """Record a new version of a model."""
        self._log.debug("model saved", sensor=sensor_id, model=kind, version=version, reason=reason)

    def model_rolled_back(self, sensor_id: str, kind: str, version: int) -> None:
        """Record that a model continues from an earlier version."""
        self._log.info("model rolled back", sensor=sensor_id, model=kind, version=version)

    def not_rolled_back(self, sensor_id: str, kind: str, version: int, reason: str) -> None:
        """Record that a model cannot continue from a version that was requested."""
        self._log.error("model not rolled back", sensor=sensor_id, model=kind, version=version, reason=reason)

    def behind_since(self, since: float | None) -> None:
        """Record since when readings are stored that are not analysed; None if all are."""
        self._behind_since = since

    def lag_seconds(self) -> float:
        """Return for how long readings have been stored that are not analysed yet."""
        since = self._behind_since
        return 0.0 if since is None else max(0.0, time.time() - since)

    def rebuilding(self, sensors: int) -> None:
        """Record that sensors are learned again."""
        REBUILDING.set(sensors)
        self._log.info("rebuild started", sensors=sensors)

    def rebuilt(self, sensors: int, readings: int, seconds: float) -> None:
        """Record that sensors were learned again."""
        REBUILDING.set(0)
        REBUILDS.inc(sensors)
        self._log.info("rebuild finished", sensors=sensors, readings=readings, seconds=round(seconds, 1))

    def saved(self, states: int, seconds: float) -> None:
        """Record a checkpoint."""
        LAST_CHECKPOINT.set_to_current_time()
        CHECKPOINT_SECONDS.set(seconds)
        self._log.debug("states saved", states=states, seconds=round(seconds, 3))

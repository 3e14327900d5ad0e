"""Learns sensors again for which it was requested, one group after the other."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from analysis.analyzer import SensorState
from analysis.anomaly import Anomaly
from analysis.rebuilding import Rebuilding
from analysis.telemetry import AnalysisTelemetry
from db.analysis.store import AnalysisStore
from db.feed import Position

# A sensor is learned again once its readings have not changed for so long: a calibration or an import changes
# them in many transactions.
QUIET_SECONDS = 10.0
STEP_SECONDS, STEP_SECONDS_BEHIND = 0.25, 0.05
MAX_SENSORS = 5_000


class FinishedRebuild(NamedTuple):
    """What was learned: a state of each sensor (None: it has no readings), and the anomalies found."""

    requests: Collection[int]
    since: Mapping[str, float]
    states: Mapping[str, SensorState | None]
    found: list[tuple[str, Anomaly]]


class Rebuilds:
    """Starts and continues rebuilds."""

    def __init__(
        self,
        store: AnalysisStore,
        create: Callable[[], SensorState],
        telemetry: AnalysisTelemetry,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        self._store, self._create, self._telemetry = store, create, telemetry
        self._quiet_seconds = quiet_seconds
        self._rebuilding: Rebuilding | None = None
        self._started_at = 0.0
        self.is_due = False
        """Whether one is to be started, once all that was measured long ago is read."""

    @property
    def is_running(self) -> bool:
        """Whether sensors are learned again at present."""
        return self._rebuilding is not None

    def runs_for(self, sensor_id: str) -> bool:
        """Return whether a sensor is learned again at present."""
        return self._rebuilding is not None and sensor_id in self._rebuilding.since

    def refresh(self) -> None:
        """Look whether a rebuild was requested."""
        self.is_due = self._rebuilding is None and bool(self._store.rebuilds(self._quiet_seconds, limit=1))

    def request(self, sensors: Collection[str]) -> None:
        """Request that sensors are learned again, also if they are learned again at present."""
        self._store.request_rebuilds(sensors, self._rebuilding.requests if self._rebuilding else ())

    def start(self, position: Position) -> None:
        """Start a rebuild. Everything before the position must have been read, also what is old."""
        requests = self._store.rebuilds(self._quiet_seconds, MAX_SENSORS)
        since: dict[str, float] = {}
        for request in requests:
            if request.has_effect:
                since[request.sensor_id] = min(request.since, since.get(request.sensor_id, float("inf")))
        self._rebuilding = Rebuilding(
            self._create,
            since,
            [request.rebuild_id for request in requests],
            position.recent_xid,
            position.old_before,
        )
        self.is_due = False
        self._started_at = time.monotonic()
        self._telemetry.rebuilding(len(since))

    def step(self, live_xid: int, *, is_behind: bool) -> FinishedRebuild | None:
        """Continue; return what was learned once that is where the analysis of new readings is."""
        running = self._rebuilding
        seconds = STEP_SECONDS_BEHIND if is_behind else STEP_SECONDS
        if running is None or not running.step(self._store, live_xid, seconds):
            return None
        self._rebuilding = None
        self._telemetry.rebuilt(len(running.since), running.readings, time.monotonic() - self._started_at)
        return FinishedRebuild(
            running.requests,
            running.since,
            {sensor_id: running.analyzer.take(sensor_id) for sensor_id in running.since},
            running.analyzer.take_found(),
        )

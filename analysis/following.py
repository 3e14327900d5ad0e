"""Follows the stored readings while this process has the lock."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from analysis.analyzer import Analyzer, SensorState
from analysis.anomaly import Anomaly, AnomalyKind
from analysis.lag import LagMeter
from analysis.lock_keeping import keeping_lock
from analysis.model_keeping import ModelKeeper
from analysis.neighbours.locations import Locations
from analysis.parameters import Parameters
from analysis.rebuilds import QUIET_SECONDS, FinishedRebuild, Rebuilds
from analysis.rows import to_rows, to_virtual, to_virtual_row
from analysis.telemetry import AnalysisTelemetry
from db.analysis.states import Checkpoint, SavedState
from db.analysis.store import AnalysisStore, Rebuilt, Saved
from db.errors import InvalidData
from db.feed import Row, followed_until

CHECKPOINT_SECONDS = 30.0
REFRESH_SECONDS = 5.0
# What is found by groups of sensors, which is not found again when one of them is learned again.
GROUP_MODELS = "neighbours"


class Following:
    """Analyses what is stored, from what is saved on. Not thread-safe.

    Each method raises StoreUnavailable if the database does not answer; then another one continues from what
    is saved.
    """

    def __init__(
        self,
        store: AnalysisStore,
        saved: Saved,
        create: Callable[[], SensorState],
        telemetry: AnalysisTelemetry,
        quiet_seconds: float = QUIET_SECONDS,
        parameters: Parameters | None = None,
    ) -> None:
        self._store, self._telemetry = store, telemetry
        self._position = saved.position.position
        virtual = {row.sensor_id: to_virtual(row) for row in saved.virtual_values}
        self._locations = Locations(parameters, saved.group_states, virtual)
        drifts = [(name, at) for name, kind, at in saved.open_anomalies if kind == AnomalyKind.DRIFT]
        self._analyzer = Analyzer(create, saved.states, self._locations, drifts)
        self._models = ModelKeeper(store, self._analyzer, telemetry, (parameters or Parameters()).forecasts)
        self._lag = LagMeter(self._position.recent_xid, saved.position.saved_at)
        self._rebuilds = Rebuilds(store, create, telemetry, quiet_seconds)
        self._sensors: Mapping[str, str | None] = {}
        self._retired: set[str] = set()
        self._open = set(saved.open_anomalies)
        self._is_behind = False
        self._refresh_due_at = 0.0
        self._checkpoint_due_at = time.monotonic() + CHECKPOINT_SECONDS

    def step(self) -> bool:
        """Analyse what is stored, a bounded number of readings; return whether more is to be done at once."""
        if time.monotonic() >= self._refresh_due_at:
            self.refresh()
        newest = self._store.newest(self._position)
        starts_rebuild = self._rebuilds.is_due and not self._is_behind
        stored = self._store.read(self._position, newest.horizon, with_old=starts_rebuild)
        old = self._add_old(stored.old_rows)
        added = self._analyzer.add_all(keeping_lock(self._keep_lock, self._of_known(stored.rows)))
        self._position, self._is_behind = stored.position, stored.is_behind
        if added.late:
            self._request_ahead({row[0] for row in stored.rows})
        self._save_found()
        self._report_unusable()
        self._telemetry.analysed(old + added.readings, added.late, self._analyzer.sensors)
        since = self._lag.update(self._position.recent_xid, newest.next_xid, time.time())
        self._telemetry.behind_since(since)
        self._rebuild(starts=starts_rebuild and not self._is_behind)
        is_trained = not self._is_behind and self._models.step()
        if is_trained or time.monotonic() >= self._checkpoint_due_at:
            self.checkpoint()
        return self._is_behind or self._rebuilds.is_running

    def checkpoint(self) -> None:
        """Save the states that changed, and the position after them."""
        self._save()

    @property
    def is_rebuild_due(self) -> bool:
        """Whether the next step starts a rebuild."""
        return self._rebuilds.is_due

    def refresh(self) -> None:
        """Look which sensors there are, and whether rebuilds are requested. A step does so regularly."""
        self._refresh_due_at = time.monotonic() + REFRESH_SECONDS
        self._sensors = self._store.sensors()
        self._analyzer.add_drifts(self._locations.place(self._sensors, time.time()))
        self._retired.clear()
        self._store.maintain()
        self._rebuilds.refresh()
        if self._models.install_requested():
            self.checkpoint()

    def _of_known(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Leave out the readings of retired sensors."""
        unknown = {row[0] for row in rows}
        unknown.difference_update(self._sensors, self._retired)
        if unknown:
            self._sensors = self._store.sensors()
            self._analyzer.add_drifts(self._locations.place(self._sensors, time.time()))
            self._retired |= unknown.difference(self._sensors)
        if not self._retired:
            return rows
        return [row for row in rows if row[0] not in self._retired]

    def _keep_lock(self) -> None:
        self._store.keep_lock()
        self._telemetry.progress()  # the watchdog would end a process that is only busy

    def _add_old(self, rows: Sequence[Row]) -> int:
        """Analyse readings that were measured long ago; learn sensors again that have later readings.

        Return how many were analysed.
        """
        analysed, out_of_order = 0, set[str]()
        for row in keeping_lock(self._keep_lock, self._of_known(rows)):
            sensor_id, measured_at, _ = row
            last_at = self._analyzer.last_at(sensor_id)
            is_late = last_at is not None and measured_at <= last_at
            if is_late or self._rebuilds.runs_for(sensor_id):
                out_of_order.add(sensor_id)
            if not is_late:
                analysed += self._analyzer.add_all((row,)).readings
        if out_of_order:
            self._rebuilds.request(out_of_order)
        return analysed

    def _request_ahead(self, sensors: Iterable[str]) -> None:
        """Learn the sensors again whose last reading is ahead of the clock, so that all others are late."""
        until = followed_until()
        ahead = {name for name in sensors if (self._analyzer.last_at(name) or until) > until}
        if ahead:
            self._rebuilds.request(ahead)

    def _save_found(self) -> None:
        found = self._analyzer.take_found()
        if found:
            try:
                self._store.save_anomalies(to_rows(found))
            except InvalidData as error:
                self._telemetry.not_stored(error)
            self._telemetry.found(self._note_open(found))

        if self._locations.virtual_changed:
            self._store.save_virtual_values(
                to_virtual_row(sensor_id, virtual)
                for sensor_id, virtual in self._locations.take_virtual().items()
            )

    def _note_open(self, found: Iterable[tuple[str, Anomaly]]) -> list[tuple[str, Anomaly]]:
        """Remember ongoing anomalies, and return those that were not known to."""
        started = []
        for sensor_id, anomaly in found:
            key = (sensor_id, anomaly.kind.value, anomaly.started_at)
            if key not in self._open:
                started.append((sensor_id, anomaly))
            if anomaly.ended_at is None:
                self._open.add(key)
            else:
                self._open.discard(key)
        return started

    def _report_unusable(self) -> None:
        if unusable := self._analyzer.unusable:
            self._telemetry.unusable(unusable.items())
            self._rebuilds.request(unusable)
            unusable.clear()

    def _rebuild(self, *, starts: bool) -> None:
        if starts:
            self._rebuilds.start(self._position)
        finished = self._rebuilds.step(self._position.recent_xid, is_behind=self._is_behind)
        if finished is not None:
            for sensor_id, state in finished.states.items():
                self._analyzer.take(sensor_id)
                if state is not None:
                    self._analyzer.replace(sensor_id, state)
            self._open = {key for key in self._open if key[0] not in finished.states}
            self._note_open(finished.found)
            self._save(finished)
            self._refresh_due_at = 0.0

    def _save(self, rebuild: FinishedRebuild | None = None) -> None:
        started_at = time.monotonic()
        # Before the states that no longer have them; what is evaluated again after a kill replaces them.
        self._store.save_evaluations(self._models.drain_evaluations())
        changed = self._analyzer.changed()
        checkpoint = Checkpoint(
            self._position,
            {sensor_id: SavedState(*state) for sensor_id, state in changed.items()},
            self._locations.changed(),
            removed=[name for name, state in rebuild.states.items() if state is None] if rebuild else (),
            finished_rebuilds=rebuild.requests if rebuild else (),
        )
        rebuilt = self._rebuilt(rebuild) if rebuild else None
        self._store.checkpoint(checkpoint, self._models.take_installed(), rebuilt)
        self._analyzer.saved()
        self._locations.saved()
        seconds = time.monotonic() - started_at
        self._checkpoint_due_at = time.monotonic() + max(CHECKPOINT_SECONDS, 10 * seconds)
        self._telemetry.saved(len(changed), seconds)

    def _rebuilt(self, rebuild: FinishedRebuild) -> Rebuilt:
        floor = self._store.retained_since()
        since = {sensor_id: max(at, floor) for sensor_id, at in rebuild.since.items()}
        return Rebuilt(since, to_rows(rebuild.found), GROUP_MODELS)

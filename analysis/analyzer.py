"""All sensors: each with its own analysis, in the order in which their readings are given."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from analysis.anomaly import Anomaly, AnomalyKind
from analysis.forecasting.forecaster import ClosedBin, Forecaster
from analysis.neighbours.locations import Locations
from limits.model import Reading


class SensorState(Protocol):
    """The analysis of one sensor."""

    @property
    def last_at(self) -> float | None:
        """When the last reading was measured; None before the first."""

    @property
    def forecaster(self) -> Forecaster | None:
        """What forecasts it; None if nothing does."""

    @property
    def closed(self) -> Sequence[ClosedBin]:
        """The half hour that was over before the last reading, if that was the first one after it."""

    @property
    def open(self) -> Sequence[Anomaly]:
        """The incidents that have not ended."""

    def add(self, reading: Reading) -> list[Anomaly]:
        """Take the next reading; return the incidents that started, changed or ended with it."""

    def state(self) -> bytes:
        """Return what `restore` continues from."""

    def restore(self, stored: bytes) -> None:
        """Continue from a stored state.

        Raises:
            ValueError: When it is of another version, or incomplete.
        """


class ChangedState(NamedTuple):
    """A state, and when the last reading in it was measured."""

    state: bytes
    last_at: float | None


class Added(NamedTuple):
    """How many readings were analysed, and how many are not later than the last of their sensor."""

    readings: int
    late: int


class Analyzer:
    """Takes the readings of all sensors; the result depends on their order alone.

    States are restored when the first reading of their sensor arrives.
    """

    def __init__(
        self,
        create: Callable[[], SensorState],
        states: Mapping[str, bytes] | None = None,
        locations: Locations | None = None,
        drifts: Iterable[tuple[str, float]] = (),
    ) -> None:
        """Continue from states; `drifts` that last were noted before: the sensor, and their start."""
        self._create = create
        self._locations = locations
        self._sensors: dict[str, SensorState] = {}
        self._stored = dict(states or {})
        self._changed: set[str] = set()
        self._closed: dict[str, None] = {}
        self._noted_drifts = set(drifts)
        self._found: dict[tuple[str, str, float], tuple[str, Anomaly]] = {}
        self.unusable: dict[str, str] = {}
        """Sensors whose stored state could not be used, and why: they start again."""

    @property
    def sensors(self) -> int:
        """The number of sensors that have a state."""
        return len(self._sensors) + len(self._stored)

    def add_all(self, rows: Iterable[tuple[str, float, float]]) -> Added:
        """Take readings: the sensor, when it was measured, and the temperature."""
        readings = late = 0
        sensors, changed = self._sensors, self._changed
        for sensor_id, measured_at, temperature in rows:
            readings += 1
            sensor = sensors.get(sensor_id) or self._start(sensor_id)
            last_at = sensor.last_at
            if last_at is not None and measured_at <= last_at:
                late += 1
                continue
            for anomaly in sensor.add(Reading(measured_at, temperature)):
                if anomaly.kind is AnomalyKind.DRIFT:
                    self._note_drift(sensor_id, anomaly, is_known=self._is_known(sensor_id, anomaly))
                else:
                    self._note(sensor_id, anomaly)
            changed.add(sensor_id)
            for closed in sensor.closed:
                self._closed[sensor_id] = None
                if self._locations is not None:
                    self.add_drifts(self._locations.add(sensor_id, closed.bin))
        return Added(readings - late, late)

    def add_drifts(self, drifts: Iterable[tuple[str, Anomaly]]) -> None:
        """Take drifts against neighbours; one that the sensor itself found earlier is the same incident."""
        for sensor_id, drift in drifts:
            sensor = self._sensors.get(sensor_id)
            own = _drifts_of(sensor) if sensor else ()
            self._note_drift(sensor_id, drift, is_known=any(a.detected_at < drift.detected_at for a in own))

    def _is_known(self, sensor_id: str, drift: Anomaly) -> bool:
        """Return whether a drift was found earlier by a comparison with the neighbours, and lasts."""
        known = self._locations.drift(sensor_id) if self._locations is not None else None
        return known is not None and known.detected_at <= drift.detected_at

    def _note_drift(self, sensor_id: str, drift: Anomaly, *, is_known: bool) -> None:
        """Note a drift unless it is known as another incident; what became of one that was noted, always."""
        key = (sensor_id, drift.started_at)
        if is_known and key not in self._noted_drifts:
            return
        if drift.ended_at is None:
            self._noted_drifts.add(key)
        else:
            self._noted_drifts.discard(key)
        self._note(sensor_id, drift)

    def _note(self, sensor_id: str, anomaly: Anomaly) -> None:
        self._found[sensor_id, anomaly.kind, anomaly.started_at] = sensor_id, anomaly

    def last_at(self, sensor_id: str) -> float | None:
        """Return when the last reading of a sensor was measured; None if there is none."""
        if sensor_id not in self._sensors and sensor_id not in self._stored:
            return None
        return self._sensor(sensor_id).last_at

    def take_found(self) -> list[tuple[str, Anomaly]]:
        """Return what was found since the last call, each incident as it is now, with its sensor."""
        found, self._found = list(self._found.values()), {}
        return found

    def take_closed(self) -> list[str]:
        """Return the sensors of which a half hour was over since the last call."""
        found, self._closed = list(self._closed), {}
        return found

    def find(self, sensor_id: str) -> SensorState | None:
        """Return the analysis of a sensor; None if it has had no reading."""
        known = sensor_id in self._sensors or sensor_id in self._stored
        return self._sensor(sensor_id) if known else None

    def touch(self, sensor_id: str) -> None:
        """Take note that a state was changed from outside."""
        self._changed.add(sensor_id)

    def changed(self) -> dict[str, ChangedState]:
        """Return the states that changed since `saved`."""
        return {
            name: ChangedState(self._sensors[name].state(), self._sensors[name].last_at)
            for name in sorted(self._changed)
        }

    def saved(self) -> None:
        """Record that the changed states are saved."""
        self._changed.clear()

    def take(self, sensor_id: str) -> SensorState | None:
        """Remove a sensor, and return what was learned of it."""
        self._stored.pop(sensor_id, None)
        self._changed.discard(sensor_id)
        return self._sensors.pop(sensor_id, None)

    def replace(self, sensor_id: str, sensor: SensorState) -> None:
        """Let a sensor continue with what another one has learned of it."""
        self.take(sensor_id)
        self._sensors[sensor_id] = sensor
        self._noted_drifts.update((sensor_id, drift.started_at) for drift in _drifts_of(sensor))
        self._changed.add(sensor_id)
        self._closed[sensor_id] = None

    def _sensor(self, sensor_id: str) -> SensorState:
        return self._sensors.get(sensor_id) or self._start(sensor_id)

    def _start(self, sensor_id: str) -> SensorState:
        sensor = self._create()
        stored = self._stored.pop(sensor_id, None)
        if stored is not None:
            try:
                sensor.restore(stored)
            except ValueError as error:
                sensor = self._create()
                self.unusable[sensor_id] = str(error)
        self._sensors[sensor_id] = sensor
        return sensor


def _drifts_of(sensor: SensorState) -> list[Anomaly]:
    return [anomaly for anomaly in sensor.open if anomaly.kind is AnomalyKind.DRIFT]

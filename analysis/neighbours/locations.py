"""All locations: which sensor is where, and what its neighbours say of it."""

from collections.abc import Mapping
from typing import NamedTuple

from analysis.anomaly import Anomaly
from analysis.binary import StateError
from analysis.forecast import Forecast
from analysis.forecasting.bins import Bin
from analysis.neighbours.group import GroupResult
from analysis.neighbours.judge import Drifts
from analysis.neighbours.location import Location
from analysis.neighbours.parameters import BIN_SECONDS
from analysis.parameters import Parameters


class Virtual(NamedTuple):
    """What an offline sensor would have measured, and the sensors that say so."""

    at: float
    value: Forecast
    neighbours: tuple[str, ...]


class Locations:
    """Compares the sensors of each location; the result depends on the order of the half hours alone."""

    def __init__(
        self,
        parameters: Parameters | None = None,
        states: Mapping[str, bytes] | None = None,
        virtual: Mapping[str, Virtual] | None = None,
    ) -> None:
        """Continue from stored states, with the virtual values that are stored."""
        self._parameters = parameters or Parameters()
        self._locations: dict[str, Location] = {}
        self._of: dict[str, str] = {}
        self._changed: set[str] = set()
        self._virtual = dict(virtual or {})
        self._drifts: dict[str, Anomaly] = {}
        self.virtual_changed = False
        """Whether the virtual values have changed since they were last taken."""
        for location, state in (states or {}).items():
            self._restore(location, state)

    def place(self, sensors: Mapping[str, str | None], at: float) -> Drifts:
        """Take the present location of each sensor; return the drifts that end because a sensor left one."""
        ended: Drifts = []
        for name, location in self._locations.items():
            for sensor_id in sorted(location.sensors):
                if sensors.get(sensor_id) != name:
                    ended += self._note(location.remove(sensor_id, at))
                    self._forget_virtual(sensor_id)
                    self._changed.add(name)
        self._of = {sensor_id: location for sensor_id, location in sensors.items() if location}
        grouped = {sensor_id for location in self._locations.values() for sensor_id in location.sensors}
        for sensor_id in self._virtual.keys() - grouped:
            self._forget_virtual(sensor_id)
        return ended

    def add(self, sensor_id: str, closed: Bin) -> Drifts:
        """Take a half hour of a sensor; return the drifts that started, grew or ended."""
        name = self._of.get(sensor_id)
        if name is None:
            return []
        location = self._locations.get(name) or self._new(name)
        self._changed.add(name)
        results = location.add(sensor_id, closed.at, closed.mean)
        for result in results:
            self._note_virtual(result)
        return self._note([drift for result in results for drift in result.drifts])

    def drift(self, sensor_id: str) -> Anomaly | None:
        """Return the drift of a sensor against its neighbours that has not ended."""
        return self._drifts.get(sensor_id)

    def take_virtual(self) -> dict[str, Virtual]:
        """Return the values of all sensors that are offline."""
        self.virtual_changed = False
        return dict(self._virtual)

    def changed(self) -> dict[str, bytes]:
        """Return the states that changed since `saved`."""
        return {name: self._locations[name].state() for name in sorted(self._changed)}

    def saved(self) -> None:
        """Record that the changed states are saved."""
        self._changed.clear()

    def _new(self, name: str) -> Location:
        self._locations[name] = Location(self._parameters)
        return self._locations[name]

    def _restore(self, name: str, state: bytes) -> None:
        location = self._new(name)
        try:
            location.restore(state)
        except StateError:
            self._new(name)  # of another version: it learns again
            return
        self._note(location.open_drifts())

    def _note(self, drifts: Drifts) -> Drifts:
        for sensor_id, drift in drifts:
            if drift.ended_at is None:
                self._drifts[sensor_id] = drift
            else:
                self._drifts.pop(sensor_id, None)
        return drifts

    def _note_virtual(self, result: GroupResult) -> None:
        for sensor_id, virtual in result.virtual.items():
            at = result.at - BIN_SECONDS / 2
            self._virtual[sensor_id] = Virtual(at, virtual.value, virtual.neighbours)
            self.virtual_changed = True
        for sensor_id in set(result.sensors).difference(result.virtual):
            self._forget_virtual(sensor_id)

    def _forget_virtual(self, sensor_id: str) -> None:
        if self._virtual.pop(sensor_id, None):
            self.virtual_changed = True

"""The sensors of one location: groups of a bounded size."""

from analysis.binary import StateReader, StateWriter
from analysis.neighbours.feed import GroupFeed
from analysis.neighbours.group import Group, GroupResult
from analysis.neighbours.judge import Drifts
from analysis.neighbours.parameters import BIN_SECONDS
from analysis.parameters import Parameters

STATE_VERSION = 1


class Location:
    """Takes the half-hour means of the sensors of a location, in any number.

    The result depends on the order of the means alone. Sensors are put into groups in the order in which they
    first send; a group of fewer than three says nothing.
    """

    def __init__(self, parameters: Parameters | None = None) -> None:
        self._parameters = parameters or Parameters()
        self.feeds: list[GroupFeed] = []

    @property
    def sensors(self) -> set[str]:
        """The sensors that belong to it."""
        return {sensor_id for feed in self.feeds for sensor_id in feed.last}

    def add(self, sensor_id: str, at: float, mean: float) -> list[GroupResult]:
        """Take the mean of a half hour of a sensor, which starts or is centred at `at`.

        Half hours that other sensors of the group have not sent yet are waited for; those before the last
        that was complete are ignored.
        """
        return self._feed(sensor_id).add(sensor_id, int(at // BIN_SECONDS), mean)

    def remove(self, sensor_id: str, at: float) -> Drifts:
        """Forget a sensor that is no longer at this location; return its drift, which ends."""
        return [
            drift for feed in self.feeds if sensor_id in feed.last for drift in feed.remove(sensor_id, at)
        ]

    def open_drifts(self) -> Drifts:
        """Return the drifts that have not ended."""
        members = [member for feed in self.feeds for member in feed.group.members]
        return [(member.sensor_id, member.drift.anomaly()) for member in members if member.drift]

    def state(self) -> bytes:
        """Return what `restore` continues from."""
        state = StateWriter(STATE_VERSION)
        state.numbers(len(self.feeds))
        for feed in self.feeds:
            feed.write(state)
        return state.getvalue()

    def restore(self, stored: bytes) -> None:
        """Continue from a stored state.

        Raises:
            StateError: When it is of another version, or incomplete.
        """
        state = StateReader(stored, STATE_VERSION)
        [count] = state.numbers(1)
        self.feeds = [self._new_feed() for _ in range(int(count))]
        for feed in self.feeds:
            feed.read(state)

    def _feed(self, sensor_id: str) -> GroupFeed:
        for feed in self.feeds:
            if sensor_id in feed.last:
                return feed
        for feed in self.feeds:
            if feed.has_room:
                return feed
        self.feeds.append(self._new_feed())
        return self.feeds[-1]

    def _new_feed(self) -> GroupFeed:
        return GroupFeed(Group(self._parameters.false_alarms_per_day, self._parameters.neighbours))

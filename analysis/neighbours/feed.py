"""Collects the half hours of a group's sensors, which arrive one by one."""

from analysis.binary import StateReader, StateWriter
from analysis.neighbours.group import Group, GroupResult
from analysis.neighbours.judge import Drifts
from analysis.neighbours.parameters import BINS_PER_DAY

# Half hours that a group waits for a sensor: its clock may be behind, or it may send once an hour.
MAX_WAIT = 2


class GroupFeed:
    """A group, and the half hours that are not complete yet."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.last: dict[str, int] = {}
        """The last half hour of each sensor, also of those that came too late."""
        self.waiting: dict[int, dict[str, float]] = {}

    @property
    def has_room(self) -> bool:
        """Whether a sensor can join."""
        return len(self.last) < self.group.parameters.max_sensors

    def add(self, sensor_id: str, half_hour: int, value: float) -> list[GroupResult]:
        """Take the mean of a half hour (counted since 1970); return what is complete by it, in order.

        A half hour is complete when every sensor that usually is present has sent it or a later one, and at
        the latest when one is ahead by two. A sensor that comes too late for it is waited for from then on.
        """
        self.last[sensor_id] = max(half_hour, self.last.get(sensor_id, half_hour))
        if half_hour > self.group.half_hour:
            self.waiting.setdefault(half_hour, {})[sensor_id] = value
        results = []
        while self.waiting and self._is_complete(oldest := min(self.waiting)):
            results.append(self.group.add(oldest, self.waiting.pop(oldest)))
            self._forget_silent(oldest)
        return results

    def remove(self, sensor_id: str, at: float) -> Drifts:
        """Forget a sensor; return its drift, which ends."""
        self.last.pop(sensor_id, None)
        for values in self.waiting.values():
            values.pop(sensor_id, None)
        return self.group.remove(sensor_id, at)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        self.group.write(state)
        waiting = [
            (sensor_id, half_hour, value)
            for half_hour, values in self.waiting.items()
            for sensor_id, value in values.items()
        ]
        state.numbers(len(self.last), len(waiting))
        for sensor_id, last in self.last.items():
            state.text(sensor_id)
            state.numbers(last)
        for sensor_id, half_hour, value in waiting:
            state.text(sensor_id)
            state.numbers(half_hour, value)

    def read(self, state: StateReader) -> None:
        """Take over a state; the feed has to be new."""
        self.group.read(state)
        sensors, waiting = map(int, state.numbers(2))
        for _ in range(sensors):
            sensor_id, (last,) = state.text(), state.numbers(1)
            self.last[sensor_id] = int(last)
        for _ in range(waiting):
            sensor_id, (half_hour, value) = state.text(), state.numbers(2)
            self.waiting.setdefault(int(half_hour), {})[sensor_id] = value

    def _is_complete(self, half_hour: int) -> bool:
        if max(self.last.values()) >= half_hour + MAX_WAIT:
            return True
        gaps = {member.sensor_id: member.silent_after for member in self.group.members}
        return not any(
            last < half_hour and half_hour - 1 - last < gaps.get(sensor_id, 1.0)
            for sensor_id, last in self.last.items()
        )

    def _forget_silent(self, half_hour: int) -> None:
        since = half_hour - self.group.parameters.leave_days * BINS_PER_DAY
        for sensor_id in [sensor_id for sensor_id, last in self.last.items() if last < since]:
            del self.last[sensor_id]

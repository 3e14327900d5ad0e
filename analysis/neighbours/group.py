"""A group of sensors of one location: what they say of each other."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from analysis.binary import StateReader, StateWriter
from analysis.forecast import Forecast
from analysis.neighbours.day import LastDay
from analysis.neighbours.judge import Drifts, Judge, accused
from analysis.neighbours.members import Member
from analysis.neighbours.moments import (
    MIN_NEIGHBOURS,
    Array,
    Explanation,
    Mask,
    Moments,
    Relation,
    exclude_outliers,
    explain,
)
from analysis.neighbours.parameters import BIN_SECONDS, BINS_PER_DAY, NeighbourParameters

# A newcomer teaches what it measures at first, then what is near its own mean.
NEWCOMER_BINS, NEWCOMER_CLIP, NEWCOMER_SD = 4, 4.0, 1.0


class VirtualValue(NamedTuple):
    """What an offline sensor would measure, and the sensors that say so."""

    value: Forecast
    neighbours: tuple[str, ...]


class GroupResult(NamedTuple):
    """What a half hour yields: the values of offline sensors, and drifts that started, grew or ended."""

    at: float
    virtual: dict[str, VirtualValue]
    drifts: Drifts
    sensors: tuple[str, ...]
    """All sensors of the group."""


class Group:
    """Learns how its sensors vary together, half hour by half hour."""

    def __init__(self, false_alarms_per_day: float, parameters: NeighbourParameters | None = None) -> None:
        self.parameters = parameters or NeighbourParameters()
        self.members: list[Member] = []
        self.moments = Moments(self.parameters)
        self.last_day = LastDay()
        self.judge = Judge(self.parameters, false_alarms_per_day)
        self.half_hour = 0

    def __contains__(self, sensor_id: str) -> bool:
        return any(member.sensor_id == sensor_id for member in self.members)

    @property
    def has_room(self) -> bool:
        """Whether a sensor can join."""
        return len(self.members) < self.parameters.max_sensors

    def add(self, half_hour: int, values: Mapping[str, float]) -> GroupResult:
        """Take the means of the sensors in a half hour (counted since 1970), later than the last one.

        A sensor that is not yet a member joins, as long as there is room.
        """
        drifts = self._remove_silent(half_hour)
        self._receive(half_hour, values)
        if half_hour // BINS_PER_DAY != self.half_hour // BINS_PER_DAY:
            self.judge.end_day(self.members)
        self.half_hour = half_hour
        at = (half_hour + 1) * BIN_SECONDS
        relative = np.array([values.get(member.sensor_id, np.nan) - member.origin for member in self.members])
        if len(self.members) <= MIN_NEIGHBOURS:
            self.moments.add(relative)
            return GroupResult(at, {}, drifts + self._end_all(at), self._sensors())
        relation = self.moments.relation()
        known = self._known()
        usable = ~np.isnan(relative) & known & ~accused(self.members)
        usable = exclude_outliers(relation, relative, usable, self.parameters.outlier)
        explanation = explain(relation, relative, usable)
        reliable = known & explanation.reliable(usable, self.parameters.max_unexplained)
        self._learn(relative, relation, explanation, reliable)
        self._extend_day(relative, explanation, reliable)
        means, presence = self.last_day.means(half_hour)
        regular = known & (presence >= self.parameters.min_presence) & ~np.isnan(means)
        drifts += self.judge.judge(self.members, at, relation, means, regular)
        drifts += self._end_drifts(at)
        return GroupResult(at, self._virtual(explanation, reliable, usable), drifts, self._sensors())

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(self.half_hour, len(self.members))
        for member in self.members:
            member.write(state)
        for part in (self.moments, self.last_day, self.judge.normal):
            part.write(state)

    def read(self, state: StateReader) -> None:
        """Take over a state; the group has to be new."""
        half_hour, count = map(int, state.numbers(2))
        self.half_hour = half_hour
        for _ in range(count):
            self._append(Member.read(state))
        for part in (self.moments, self.last_day, self.judge.normal):
            part.read(state)

    def remove(self, sensor_id: str, at: float) -> Drifts:
        """Forget a sensor; return its drift, which ends."""
        for place, member in enumerate(self.members):
            if member.sensor_id == sensor_id:
                del self.members[place]
                for part in (self.moments, self.last_day, self.judge.normal):
                    part.leave(place)
                return [(sensor_id, member.drift.anomaly(at))] if member.drift else []
        return []

    def _remove_silent(self, half_hour: int) -> Drifts:
        since = half_hour - self.parameters.leave_days * BINS_PER_DAY
        silent = [member.sensor_id for member in self.members if member.last < since]
        return [drift for sensor_id in silent for drift in self.remove(sensor_id, half_hour * BIN_SECONDS)]

    def _receive(self, half_hour: int, values: Mapping[str, float]) -> None:
        for sensor_id, value in values.items():
            if sensor_id not in self and self.has_room:
                self._append(Member(sensor_id, half_hour, half_hour, value))
        for member in self.members:
            if member.sensor_id in values:
                member.receive(half_hour)

    def _append(self, member: Member) -> None:
        self.members.append(member)
        for part in (self.moments, self.last_day, self.judge.normal):
            part.join()

    def _sensors(self) -> tuple[str, ...]:
        return tuple(member.sensor_id for member in self.members)

    def _known(self) -> Mask:
        """Return which sensors have been observed for long enough to be neighbours."""
        since = self.half_hour - self.parameters.min_days * BINS_PER_DAY
        return np.array([member.joined <= since for member in self.members])

    def _learn(self, values: Array, relation: Relation, explanation: Explanation, reliable: Mask) -> None:
        """Learn values that are clipped: a faulty sensor teaches little, and one that drifts nothing."""
        newcomer = np.diag(self.moments.weight) < NEWCOMER_BINS
        centre = np.where(reliable, explanation.expected, relation.mean)
        alone = NEWCOMER_CLIP * np.maximum(relation.sd, NEWCOMER_SD)
        width = np.where(reliable, self.parameters.clip * explanation.sd, alone)
        taught = np.where(newcomer, values, centre + np.clip(values - centre, -width, width))
        drifting = accused(self.members)
        absent = drifting | np.isnan(values)
        estimate = np.where(reliable, explanation.expected, np.nan)
        self.moments.add(np.where(absent, estimate, taught), np.where(absent, explanation.sd**2, 0.0))
        distances = np.abs(values - explanation.expected) / explanation.sd
        for place in np.flatnonzero(reliable & ~np.isnan(values) & ~drifting):
            self.members[place].calibrate(float(distances[place]), self.parameters.nominal_miss)

    def _extend_day(self, values: Array, explanation: Explanation, reliable: Mask) -> None:
        """Add the half hour to the day, clipped around the present difference from the neighbours."""
        centre = explanation.expected + np.array([member.difference for member in self.members])
        width = self.parameters.clip * explanation.sd
        clipped = centre + np.clip(values - centre, -width, width)
        present = ~np.isnan(values)
        day = np.where(reliable, np.where(present, clipped, centre), values)
        self.last_day.add(self.half_hour, day, present)

    def _end_drifts(self, at: float) -> Drifts:
        """End the drifts that are over; a sensor that stays different is from now on taken as it is."""
        ended: Drifts = []
        for place, member in enumerate(self.members):
            if member.drift and self.judge.has_ended(member, at):
                ended.append((member.sensor_id, member.drift.anomaly(at)))
                member.drift, member.normal_at = None, at
                member.origin += member.difference
                self.last_day.shift(place, -member.difference)
                member.difference = 0.0
        return ended

    def _end_all(self, at: float) -> Drifts:
        """End the drifts of sensors for which too few others remain."""
        ended: Drifts = []
        for member in self.members:
            if member.drift:
                ended.append((member.sensor_id, member.drift.anomaly(at)))
                member.drift, member.normal_at, member.difference = None, at, 0.0
        return ended

    def _virtual(self, explanation: Explanation, reliable: Mask, usable: Mask) -> dict[str, VirtualValue]:
        neighbours = tuple(self.members[place].sensor_id for place in np.flatnonzero(usable))
        found = {}
        for place in np.flatnonzero(reliable & ~usable):
            member = self.members[place]
            if member.is_silent(self.half_hour):
                mean = member.origin + float(explanation.expected[place])
                width = member.radius_at(self.half_hour) * float(explanation.sd[place])
                value = Forecast(mean, mean - width, mean + width)
                found[member.sensor_id] = VirtualValue(value, neighbours)
        return found

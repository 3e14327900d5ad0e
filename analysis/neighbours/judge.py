"""Finds the sensors of a group that drift against their neighbours."""

import math
from collections.abc import Iterable

import numpy as np

from analysis.anomaly import Anomaly
from analysis.neighbours.drift import Drift
from analysis.neighbours.members import Member
from analysis.neighbours.moments import Array, Mask, Relation, explain
from analysis.neighbours.normal import NormalDifferences
from analysis.neighbours.parameters import DAY_SECONDS, NeighbourParameters

NORMAL_RATIO = 0.3  # of the threshold, below which a sensor agrees with its neighbours
BIN_TO_DAY = 0.5  # of the standard deviation of a half hour: a first guess of that of a day's mean
ALARM_WEIGHT, ALARM_DAYS = 0.5, 10.0

Drifts = list[tuple[str, Anomaly]]


class Judge:
    """Compares the mean of the last day of each sensor with what the others say of it.

    The sensor that is furthest beyond its threshold is accused, and is no neighbour of others while it
    drifts; the others are then judged again without it, so that it does not make them appear to drift.
    """

    def __init__(self, parameters: NeighbourParameters, false_alarms_per_day: float) -> None:
        self._parameters = parameters
        self._false_alarms_per_day = false_alarms_per_day
        self.normal = NormalDifferences(parameters)

    def end_day(self, members: Iterable[Member]) -> None:
        """Remember the differences of the day that has ended."""
        ends, maxima = [], []
        for member in members:
            judged = member.largest > 0.0 and member.drift is None
            ends.append(member.difference if judged else math.nan)
            maxima.append(member.largest if judged else math.nan)
            member.largest = 0.0
            member.alarms *= math.exp(-1.0 / ALARM_DAYS)
        self.normal.add_day(np.array(ends), np.array(maxima))

    def judge(
        self, members: list[Member], at: float, relation: Relation, means: Array, regular: Mask
    ) -> Drifts:
        """Judge the daily means of the regular sensors; return the drifts that started or grew.

        `difference` of each member is brought up to date; it is 0 where the neighbours say too little.
        """
        drifts: Drifts = []
        usable = regular & ~accused(members)
        explanation = explain(relation, means, usable)
        limits = self._limits(members, explanation.sd, regular)
        while True:
            explained = regular & explanation.reliable(usable, self._parameters.max_unexplained)
            differences = np.where(explained, means - explanation.expected, 0.0)
            worst = self._worst(members, at, np.abs(differences) / limits)
            if worst is None or 2 * (np.sum(accused(members)) + 1) >= np.sum(regular):
                break
            self._accuse(members[worst], at)
            self.normal.drop_recent(worst)
            usable[worst] = False
            explanation = explain(relation, means, usable)
        found = zip(members, means.tolist(), differences.tolist(), limits.tolist(), strict=True)
        for member, mean, difference, limit in found:
            member.difference = difference
            size = abs(difference)
            if member.drift is None:
                member.largest = max(member.largest, size)
                if size < NORMAL_RATIO * limit:
                    member.normal_at = at
            elif member.drift.grow(
                size / limit, mean + member.origin, difference, limit, int(np.sum(usable))
            ):
                drifts.append((member.sensor_id, member.drift.anomaly()))
        return drifts

    def has_ended(self, member: Member, at: float) -> bool:
        """Return whether the drift of a member has ended, or has to be accepted."""
        drift = member.drift
        if drift is None:
            return False
        returned = abs(member.difference) < self._parameters.end_ratio * drift.tolerance
        return returned or at - drift.detected_at >= self._parameters.rebase_days * DAY_SECONDS

    def _worst(self, members: list[Member], at: float, ratios: Array) -> int | None:
        """Return the sensor that is furthest beyond its threshold, of those that are known well enough."""
        since = at - self._parameters.min_judged_days * DAY_SECONDS
        judged = [member.drift is None and member.joined_at <= since for member in members]
        candidates = np.where(judged, ratios, 0.0)
        worst = int(np.argmax(candidates))
        return worst if candidates[worst] >= 1.0 else None

    @staticmethod
    def _accuse(member: Member, at: float) -> None:
        member.drift = Drift(started_at=member.normal_at or at, detected_at=at)
        member.alarms += 1.0

    def _limits(self, members: list[Member], sd: Array, regular: Mask) -> Array:
        """Return the difference in K above which each sensor is accused."""
        deviations = self.normal.deviations(BIN_TO_DAY * sd)
        threshold = self.normal.threshold(deviations, regular, self._false_alarms_per_day)
        restless = np.array([1.0 + ALARM_WEIGHT * member.alarms for member in members])
        limits: Array = np.maximum(threshold * deviations * restless, self._parameters.min_drift)
        return limits


def accused(members: Iterable[Member]) -> Mask:
    """Return which sensors drift."""
    return np.array([member.drift is not None for member in members], np.bool_)

"""Follows how good the models of all sensors are, and decides which of them get a new version."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analysis.forecasting.evaluation import ACTIVE, Evaluation
from analysis.models.last_value import LastValue
from analysis.training.decision import Day, Decision, TrainingParameters, Version, decide

# Far enough ahead that season and level count, and known soon.
COMPARED_HORIZON = "6h"
KEPT_DAYS = 7
UNTRAINED = (ACTIVE, LastValue.kind)  # neither learns anything that lasts

Key = tuple[str, str]


class DueVersion(NamedTuple):
    """A model of a sensor that gets a new version."""

    sensor_id: str
    kind: str
    decision: Decision
    trained_on: dt.date


class Trainer:
    """Takes the evaluations of finished days. Keys are a sensor and the kind of a model."""

    def __init__(
        self,
        active: Mapping[Key, Version],
        first_days: Mapping[Key, dt.date],
        parameters: TrainingParameters | None = None,
    ) -> None:
        self.parameters = parameters or TrainingParameters()
        self._active = dict(active)
        self._first_days = dict(first_days)
        self._days: dict[Key, list[Day]] = {}

    def active(self, sensor_id: str, kind: str) -> Version | None:
        """Return the active version of a model; None if it has none."""
        return self._active.get((sensor_id, kind))

    def evaluate(self, sensor_id: str, evaluations: Iterable[Evaluation]) -> list[DueVersion]:
        """Take the evaluations of a sensor; return which models are due for a version.

        Only days that are followed by another one are finished.
        """
        rows = [row for row in evaluations if row.horizon == COMPARED_HORIZON and row.kind not in UNTRAINED]
        newest = max((row.day for row in rows), default=None)
        due = []
        for row in rows:
            if row.day == newest or row.last_value_mae <= 0.0:
                continue
            key = (sensor_id, row.kind)
            days = self._days.setdefault(key, [])
            if days and days[-1].day >= row.day:
                continue
            days.append(Day(row.day, row.mae / row.last_value_mae))
            del days[:-KEPT_DAYS]
            first_day = self._first_days.setdefault(key, row.day)
            decision = decide(self._active.get(key), first_day, days, self.parameters)
            if decision is not None:
                due.append(DueVersion(sensor_id, row.kind, decision, row.day))
        return list({(one.sensor_id, one.kind): one for one in due}.values())

    def trained(self, due: DueVersion, version: int) -> None:
        """Take note of a version that was made."""
        decision = due.decision
        self.activate(
            due.sensor_id,
            due.kind,
            Version(version, decision.stage, due.trained_on, decision.relative_error),
        )

    def activate(self, sensor_id: str, kind: str, version: Version) -> None:
        """Take note of the version that a model continues from."""
        self._active[sensor_id, kind] = version

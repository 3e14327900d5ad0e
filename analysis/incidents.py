"""Incidents: each kind of anomaly of a sensor has at most one at a time, with a start and an end."""

from dataclasses import replace

from analysis.anomaly import Anomaly, AnomalyKind
from analysis.binary import StateReader, StateWriter
from analysis.detectors.finding import Finding
from analysis.thresholds import AlarmBudget

# What expects the temperature when no model of the season is involved.
DETECTOR_VERSION = "detectors-1"
# A change is reported when the score has grown by this factor.
REPORTED_GROWTH = 1.25


class Incidents:
    """The open incidents of a sensor, and what has changed since it was last taken."""

    __slots__ = ("_budget", "_changed", "open")

    def __init__(self, budget: AlarmBudget) -> None:
        self._budget = budget
        self._changed: list[Anomaly] = []
        self.open: dict[AnomalyKind, Anomaly] = {}

    def take_changed(self) -> list[Anomaly]:
        """Return what has started, changed or ended since the last call."""
        changed, self._changed = self._changed, []
        return changed

    def report(self, finding: Finding, at: float, model_version: str = DETECTOR_VERSION) -> None:
        """Start an incident, or continue the open one of its kind with a larger distance."""
        known = self.open.get(finding.kind)
        if known is None:
            self._budget.spend()
            self._start(finding, at, model_version)
        elif finding.score >= REPORTED_GROWTH * known.score:
            values = finding._asdict() | {"started_at": known.started_at}
            self._set(replace(known, **values))

    def end(self, kind: AnomalyKind, at: float) -> None:
        """End the open incident of a kind, if there is one."""
        known = self.open.pop(kind, None)
        if known is not None:
            self._changed.append(replace(known, ended_at=at))

    def supersede(self, kind: AnomalyKind, finding: Finding, at: float) -> None:
        """Withdraw the open incident of a kind: the event is one of another kind, with the same start."""
        known = self.open.pop(kind, None)
        if known is None:
            self.report(finding, at)
            return
        self._changed.append(replace(known, ended_at=at, superseded_by=finding.kind))
        if finding.kind in self.open:
            self.report(finding, at)
        else:
            self._start(finding._replace(started_at=known.started_at), at, DETECTOR_VERSION)

    def _start(self, finding: Finding, at: float, model_version: str) -> None:
        self._set(Anomaly(**finding._asdict(), detected_at=at, model_version=model_version))

    def _set(self, anomaly: Anomaly) -> None:
        self.open[anomaly.kind] = anomaly
        self._changed.append(anomaly)

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        state.numbers(len(self.open))
        for anomaly in self.open.values():
            for text in (anomaly.kind, anomaly.model_version, anomaly.reason):
                state.text(text)
            state.numbers(
                anomaly.started_at,
                anomaly.detected_at,
                anomaly.score,
                anomaly.observed,
                anomaly.expected,
                anomaly.lower,
                anomaly.upper,
            )

    def read(self, state: StateReader) -> None:
        """Take over a state."""
        self.open = {}
        [count] = state.numbers(1)
        for _ in range(int(count)):
            kind, model_version, reason = AnomalyKind(state.text()), state.text(), state.text()
            started_at, detected_at, score, observed, expected, lower, upper = state.numbers(7)
            self.open[kind] = Anomaly(
                kind=kind,
                started_at=started_at,
                detected_at=detected_at,
                score=score,
                observed=observed,
                expected=expected,
                lower=lower,
                upper=upper,
                model_version=model_version,
                reason=reason,
            )

"""One sensor: its forecasts, detectors, thresholds and incidents."""

from collections.abc import Sequence

from analysis.anomaly import Anomaly, AnomalyKind
from analysis.binary import StateWriter
from analysis.detectors.drift import DriftDetector
from analysis.detectors.dropout import find_dropout
from analysis.detectors.steps import StepDetector
from analysis.detectors.stuck import StuckDetector
from analysis.detectors.unusual import UnusualDetector
from analysis.forecasting.forecaster import ClosedBin, Forecaster
from analysis.forecasting.horizon import FAR
from analysis.incidents import Incidents
from analysis.models.codec import seal, unseal
from analysis.models.registry import DEFAULT_KINDS
from analysis.parameters import Parameters
from analysis.thresholds import AlarmBudget, TailThreshold
from limits.model import Reading

STATE_KIND = "sensor"
STATE_VERSION = 1
# Until the interval is known so well, the thresholds of an unknown sensor are set at each reading.
INTERVAL_READINGS = 20
DAY_AHEAD = FAR[-1].name
UNTRUSTED = (AnomalyKind.SPIKE, AnomalyKind.STUCK)


class SensorAnalysis:
    """Takes the readings of one sensor in order, and returns what is not normal about them.

    The result depends on the order of the readings alone: neither on how they are grouped into batches, nor
    on whether the state was stored and restored between two of them.
    """

    __slots__ = (
        "_budget",
        "_drift",
        "_incidents",
        "_last_at",
        "_steps",
        "_stuck",
        "_unusual",
        "closed",
        "forecaster",
        "late",
        "parameters",
    )

    def __init__(self, parameters: Parameters | None = None, kinds: Sequence[str] = DEFAULT_KINDS) -> None:
        """Start without any reading, with the models of these kinds.

        Raises:
            UnknownModel: There is no model of a kind, or it is not installed.
        """
        self.parameters = parameters = parameters or Parameters()
        rate = parameters.false_alarms_per_day
        self._budget = AlarmBudget(rate, parameters.budget)
        self._incidents = Incidents(self._budget)
        self._steps = StepDetector(parameters)
        stuck_rate = rate * parameters.shares.stuck
        self._stuck = StuckDetector(
            parameters.stuck, TailThreshold(stuck_rate, 0.0, parameters.threshold), stuck_rate
        )
        self._drift = DriftDetector(parameters)
        self._unusual = UnusualDetector(parameters)
        self.forecaster = Forecaster(parameters.forecasts, kinds)
        self._last_at = float("-inf")
        self.closed: Sequence[ClosedBin] = ()
        """The half hour that was over before the last reading, if that was the first one after it."""
        self.late = 0
        """How many readings were skipped because they were not later than the last one."""

    @property
    def open(self) -> list[Anomaly]:
        """The incidents that have not ended."""
        return list(self._incidents.open.values())

    @property
    def last_at(self) -> float | None:
        """When the last reading was measured; None before the first."""
        return None if self._last_at == float("-inf") else self._last_at

    def add(self, reading: Reading) -> list[Anomaly]:
        """Take the next reading; return the incidents that started, changed or ended with it."""
        at, value = reading
        if at <= self._last_at:
            self.late += 1
            return []
        self._last_at = at
        self.closed = ()
        factor = self._budget.advance(at)
        if not self._is_dropout(at, value, factor):
            self._detect(at, value, factor)
            self._forecast(at, value, factor)
        return self._incidents.take_changed()

    def _is_dropout(self, at: float, value: float, factor: float) -> bool:
        short_term = self._steps.short_term
        expected = short_term.last if short_term.readings else float("nan")
        half_width = self._steps.half_width(at, factor)
        dropout = find_dropout(at, value, expected, half_width, self.parameters.dropout)
        if dropout is not None:
            self._incidents.report(dropout, at)
            return True
        self._incidents.end(AnomalyKind.DROPOUT, at)
        return False

    def _detect(self, at: float, value: float, factor: float) -> None:
        incidents = self._incidents
        shift = self._steps.add(at, value, factor, incidents)
        if shift:
            self._drift.shift(shift)
        short_term = self._steps.short_term
        if 1 < short_term.readings <= INTERVAL_READINGS and short_term.interval > 0.0:
            self._steps.set_interval(short_term.interval)
            self._stuck.set_interval(short_term.interval)
        stuck = self._stuck.add(at, value, factor, short_term.resolution)
        if stuck is not None:
            incidents.report(stuck, at)
        elif AnomalyKind.STUCK in incidents.open and incidents.open[AnomalyKind.STUCK].observed != value:
            incidents.end(AnomalyKind.STUCK, at)

    def _forecast(self, at: float, value: float, factor: float) -> None:
        """Let the models learn what is not a fault, and judge the half hour that is over."""
        incidents = self._incidents
        if incidents.open and any(kind in incidents.open for kind in UNTRUSTED):
            return
        self.closed = self.forecaster.add(at, value).closed
        for closed in self.closed:
            self._judge(closed, factor)

    def _judge(self, closed: ClosedBin, factor: float) -> None:
        resolution = self._steps.short_term.resolution
        if AnomalyKind.LEVEL_SHIFT in self._incidents.open:
            # What is known of the former level does not hold, and the new one is not yet known.
            self._unusual.wait(closed.bin.at)
            self._drift.wait()
        self._drift.add(closed.bin, factor, resolution, self._incidents)
        forecast = closed.forecasts.get(DAY_AHEAD)
        if forecast is not None:
            kind = self.forecaster.active_at(DAY_AHEAD)
            version = f"{kind}-{self.forecaster.versions[kind]}"
            self._unusual.add(closed.bin, forecast, factor, resolution, self._incidents, version)

    def state(self) -> bytes:
        """Return what `restore` continues from."""
        state = StateWriter(STATE_VERSION)
        state.numbers(self._last_at, self.late)
        for part in (self._budget, self._incidents, self._steps, self._stuck, self._drift, self._unusual):
            part.write(state)
        state.block(self.forecaster.state())
        return seal(STATE_KIND, state)

    def restore(self, stored: bytes) -> None:
        """Continue from a stored state.

        Raises:
            StateError: It is damaged, of another version, or of other models.
        """
        state = unseal(STATE_KIND, stored, STATE_VERSION)
        self._last_at, late = state.numbers(2)
        self.late = int(late)
        for part in (self._budget, self._incidents, self._steps, self._stuck, self._drift, self._unusual):
            part.read(state)
        self.forecaster.restore(state.block())

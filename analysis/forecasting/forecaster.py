"""Forecasts of one sensor by competing models."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from analysis.binary import StateError, Stateful, StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import BIN_SECONDS, ForecastParameters
from analysis.forecasting.bins import Bin, OpenBin
from analysis.forecasting.evaluation import DailyEvaluation, Evaluation
from analysis.forecasting.far import FarTrack, blend
from analysis.forecasting.horizon import FAR, HORIZONS, STEP
from analysis.forecasting.steps import StepRace
from analysis.models.codec import seal, unseal
from analysis.models.last_value import LastValue
from analysis.models.model import Model
from analysis.models.registry import DEFAULT_KINDS, create_model

VERSION = 1
STATE_KIND = "forecaster"
BAND_STEPS = 48
NOTHING_CLOSED: tuple[()] = ()


class ClosedBin(NamedTuple):
    """A half hour that is over, and what was forecast for its last reading."""

    bin: Bin
    forecasts: dict[str, Forecast]
    """By horizon, made by the model that was active then; without the horizons of which there is none."""


class Added(NamedTuple):
    """What a reading showed."""

    forecast: Forecast | None
    """What was expected of it before it was known; None of the first reading."""
    closed: Sequence[ClosedBin]
    """The half hour that was over before it, if it is the first reading after one."""


class Forecaster:
    """Forecasts one sensor: lets models learn it, lets the best of them forecast, and evaluates all of them.

    Every forecast is made before its reading is learned. The first model is always the last value, to which
    the others are compared. The result depends on the readings and their order only.
    """

    def __init__(self, parameters: ForecastParameters, kinds: Sequence[str] = DEFAULT_KINDS) -> None:
        """Start with models that know nothing.

        Raises:
            UnknownModel: There is no model of a kind, or it is not installed.
        """
        names = [LastValue.kind, *(kind for kind in dict.fromkeys(kinds) if kind != LastValue.kind)]
        self._models: list[Model] = [create_model(kind, parameters) for kind in names]
        self.kinds = tuple(names)
        self.versions = dict.fromkeys(names, 1)
        """The version of each model, as the trainer counts them."""
        self._days = DailyEvaluation(names, [horizon.name for horizon in HORIZONS])
        self._steps = StepRace(parameters, self._models, self._days)
        self._far = [
            FarTrack(horizon, position, parameters.competition, self._models, self._days)
            for position, horizon in enumerate(FAR, start=1)
        ]
        self._bin = OpenBin()
        self._latest_at = math.nan
        self._latest = math.nan

    def add(self, at: float, value: float) -> Added:
        """Forecast a reading, which is later than the one before, and learn it."""
        bin_ = self._bin
        closed: Sequence[ClosedBin] = NOTHING_CLOSED
        latest_at = self._latest_at
        if at >= bin_.ends_at:
            closed = (self._close(),)
            bin_.open(at)
        elif latest_at != latest_at:  # noqa: PLR0124 - not a number: the first reading
            bin_.open(at)
            self._latest_at, self._latest = at, value
            bin_.add(at, self._steps.begin(value))
            return Added(None, NOTHING_CLOSED)
        forecast, learned = self._steps.add(self._latest, value, at - latest_at, at)
        bin_.add(at, learned)
        self._latest_at, self._latest = at, value
        return Added(forecast, closed)

    @property
    def active(self) -> str:
        """The kind of the model that forecasts an hour ahead."""
        return self.active_at(FAR[0].name)

    def active_at(self, horizon: str) -> str:
        """Return the kind of the model that forecasts a horizon."""
        competitions = {far.horizon.name: far.competition for far in self._far}
        competitions[STEP.name] = self._steps.competition
        return self.kinds[competitions[horizon].active]

    def model(self, kind: str) -> Model:
        """Return a model.

        Raises:
            KeyError: It does not forecast this sensor.
        """
        return dict(zip(self.kinds, self._models, strict=True))[kind]

    def install(self, kind: str, version: int, state: bytes) -> None:
        """Let a model continue from another state of it, for example one that was trained on history.

        Raises:
            KeyError: No such model forecasts this sensor.
            StateError: The state is not of this kind.
        """
        self.model(kind).restore(state)
        self.versions[kind] = version

    def band(self, now: float) -> list[tuple[float, Forecast]]:
        """Return the forecasts for the half hours of the next 24 hours; none before the first reading."""
        if math.isnan(self._latest_at):
            return []
        origins = [model.origin for model in self._models]
        self._start_models()
        first = (math.floor(now / BIN_SECONDS) + 1) * BIN_SECONDS
        times = [first + BIN_SECONDS * step for step in range(BAND_STEPS)]
        active = [far.competition.active for far in self._far]
        found = [(at, blend(self._models, active, at, at - self._latest_at)) for at in times]
        # What is forecast of the next readings does not depend on whether someone has seen this.
        for model, origin in zip(self._models, origins, strict=True):
            model.start(*origin)
        return found

    def evaluations(self) -> list[Evaluation]:
        """Return how good the forecasts were, per model, horizon and UTC day that was not drained."""
        return self._days.rows()

    def drain_evaluations(self) -> list[Evaluation]:
        """Return `evaluations`, and forget the days that are over.

        The day that is not over is returned again later, with more forecasts. Drain before taking the state.
        """
        return self._days.drain()

    def _start_models(self) -> None:
        for model, start in zip(self._models, self._steps.starts(self._latest), strict=True):
            model.start(self._latest_at, start)

    def _close(self) -> ClosedBin:
        closed = self._bin.close(self._latest_at, self._latest)
        self._days.start(closed.latest_at)
        made = {}
        for far in self._far:
            forecast = far.settle(closed)
            if forecast is not None:
                made[far.horizon.name] = forecast
        self._steps.close()
        for model, start in zip(self._models, self._steps.starts(self._latest), strict=True):
            model.learn(closed.at, closed.mean, (self._latest_at, start))
        for far in self._far:
            far.forecast(closed.latest_at)
        self._steps.set_drifts(self._latest_at, self._latest)
        return ClosedBin(closed, made)

    def _parts(self) -> list[Stateful]:
        return [self._bin, self._days, self._steps, *self._far]

    def state(self) -> bytes:
        """Return what `restore` accepts."""
        writer = StateWriter(VERSION)
        writer.text(",".join(self.kinds))
        writer.numbers(*self.versions.values(), self._latest_at, self._latest)
        for model in self._models:
            writer.block(model.state())
        for part in self._parts():
            part.write(writer)
        return seal(STATE_KIND, writer)

    def restore(self, state: bytes) -> None:
        """Continue from a state.

        Raises:
            StateError: The state is damaged, of another version, or of other models.
        """
        reader = unseal(STATE_KIND, state, VERSION)
        kinds = tuple(reader.text().split(","))
        if kinds != self.kinds:
            raise StateError(
                f"the state is of the models {', '.join(kinds)}, and {', '.join(self.kinds)} are configured: "
                "rebuild it from the readings"
            )
        *versions, self._latest_at, self._latest = reader.numbers(len(kinds) + 2)
        self.versions = dict(zip(kinds, map(int, versions), strict=True))
        for model in self._models:
            model.restore(reader.block())
        for part in self._parts():
            part.read(reader)

"""The competition of models for the next reading."""

import math
from collections.abc import Sequence

from analysis.binary import StateReader, StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import ForecastParameters
from analysis.forecasting.competition import Competition
from analysis.forecasting.evaluation import ACTIVE, DailyEvaluation
from analysis.forecasting.horizon import STEP
from analysis.forecasting.step import StepTrack
from analysis.models.last_value import LastValue
from analysis.models.model import Model

DRIFT_LEAD = 3600.0
"""The lead time in seconds whose forecast gives the drift."""


class StepRace:
    """Forecasts of the next reading by all models, and the smoothed level on which some of them build."""

    __slots__ = ("_days", "_models", "_outlier", "_parameters", "_readings", "competition", "level", "tracks")

    def __init__(
        self, parameters: ForecastParameters, models: Sequence[Model], days: DailyEvaluation
    ) -> None:
        self._parameters = parameters.step
        self._models = models
        self._days = days
        self.competition = Competition(parameters.competition, len(models))
        self.tracks = [
            StepTrack(parameters.step, model.intervals.at[0], smooths=model.kind != LastValue.kind)
            for model in models
        ]
        self.level = math.nan
        self._outlier = False
        self._readings = 0

    def begin(self, value: float) -> float:
        """Start with the first reading."""
        self.level = value
        return value

    def add(self, last: float, value: float, elapsed: float, at: float) -> tuple[Forecast, float]:
        """Forecast a reading and learn it; return the forecast, and the value with outliers replaced."""
        parameters = self._parameters
        tracks = self.tracks
        if elapsed > parameters.max_smoothing_seconds:
            self._start_again(last, at, elapsed)
        level = self.level
        limit = parameters.clip * tracks[0].interval.scale + parameters.margin
        base = level if self._outlier else last
        deviation = level - base
        for track in tracks:
            if track.smooths:
                track.update(value, base + track.drift * elapsed, deviation, limit)
            else:
                track.update(value, last, 0.0, limit)
        self._readings += 1
        difference = value - level
        if -limit <= difference <= limit:
            self._outlier = False
            self.level = level + parameters.level_gain * difference
        elif self._outlier:  # the second in succession: the temperature changed
            self._outlier = False
            self.level = value
        else:
            self._outlier = True
            return tracks[self.competition.active].forecast, level
        return tracks[self.competition.active].forecast, value

    def _start_again(self, last: float, at: float, elapsed: float) -> None:
        """Forget the level, and let the models forecast across a gap."""
        if not self._outlier:
            self.level = last
        if elapsed <= self._parameters.max_gap_seconds:
            return
        self._outlier = False
        for model, track in zip(self._models, self.tracks, strict=True):
            if track.smooths:
                model.start(at - elapsed, last)
                track.drift = (model.forecast(at).mean - last) / elapsed

    def close(self) -> None:
        """Evaluate the readings of a half hour."""
        readings = self._readings
        if not readings:
            return
        tracks = self.tracks
        last_errors = tracks[0].errors
        rows = [(model.kind, track) for model, track in zip(self._models, tracks, strict=True)]
        for kind, track in [*rows, (ACTIVE, tracks[self.competition.active])]:
            self._days.of(kind, STEP.name).add(
                forecasts=readings,
                errors=track.errors,
                last_errors=last_errors,
                covered=track.covered,
                widths=track.widths,
            )
        self.competition.update([track.errors / readings for track in tracks], readings)
        for track in tracks:
            track.clear()
        self._readings = 0

    def starts(self, last: float) -> list[float]:
        """Return the values from which the models' forecasts start."""
        base = self.level if self._outlier else last
        return [track.start(base if track.smooths else last, self.level) for track in self.tracks]

    def set_drifts(self, at: float, last: float) -> None:
        """Take the drifts from what the models forecast now."""
        for model, track, start in zip(self._models, self.tracks, self.starts(last), strict=True):
            if track.smooths:
                track.drift = (model.forecast(at + DRIFT_LEAD).mean - start) / DRIFT_LEAD

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(self.level, self._outlier, self._readings)
        self.competition.write(writer)
        for track in self.tracks:
            track.write(writer)

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        self.level, outlier, readings = reader.numbers(3)
        self._outlier, self._readings = bool(outlier), int(readings)
        self.competition.read(reader)
        for track in self.tracks:
            track.read(reader)

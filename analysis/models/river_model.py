"""River's Holt-Winters as a second opinion (https://riverml.xyz).

River brings SciPy, so it is installed for development and evaluation, not in the image.
"""

import importlib
import math
from typing import Any, ClassVar

from analysis.binary import StateReader, StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import BIN_SECONDS, ForecastParameters
from analysis.models.codec import seal, unseal
from analysis.models.intervals import Intervals
from analysis.models.long_run import DAY_BINS
from analysis.models.model import ForecastStart, UnknownModel

VERSION = 1


class River(ForecastStart):
    """Additive Holt-Winters with a season of a day, on half hours; the last value during the first two days.

    Forecasts are kept near the range of what was learned, because a trend that is extrapolated can leave it.
    """

    kind: ClassVar[str] = "river"

    def __init__(self, parameters: ForecastParameters) -> None:
        """Start with a model that knows nothing.

        Raises:
            UnknownModel: River is not installed.
        """
        try:
            self._time_series: Any = importlib.import_module("river.time_series")
        except ImportError:
            raise UnknownModel(
                "The model 'river' needs the package river, which is not installed (the image is without it, "
                "because it brings SciPy). Install requirements/evaluation.txt, or remove 'river' from "
                "ANALYSIS_MODELS."
            ) from None
        super().__init__()
        self.intervals = Intervals(parameters.intervals)
        self._parameters = parameters.river
        self._outlier = parameters.season.outlier
        self._first_values: list[float] = []
        self._model: Any = None
        self._learned = 0
        self._number = -1
        self._low, self._high = math.inf, -math.inf

    def learn(self, at: float, value: float, latest: tuple[float, float] | None = None) -> None:
        """Learn the mean of a half hour, or a reading where there are fewer."""
        number = math.floor(at / BIN_SECONDS)
        skipped = number - self._number - 1
        if self._number >= 0:
            limit = self._outlier * self.intervals.at[1].scale
            expected = self.forecast(at).mean
            value = min(max(value, expected - limit), expected + limit)
            self._fill(skipped, value)
        self._learn(value)
        self._number = number
        self.start(*(latest or (at, value)))

    def forecast(self, at: float) -> Forecast:
        """Return what is expected at a time that is later than what was learned.

        Raises:
            LookupError: Nothing was learned yet.
        """
        lead = self.lead(at)
        mean = self._value
        if self._model is not None and self._learned >= 2 * DAY_BINS:
            place = min(max(at / BIN_SECONDS - self._number - 1, 0.0), 2.0 * DAY_BINS)
            ahead = self._model.forecast(horizon=int(place) + 2)
            share = place - int(place)
            mean = (1 - share) * ahead[int(place)] + share * ahead[int(place) + 1]
            margin = 0.5 * (self._high - self._low)
            mean = min(max(mean, self._low - margin), self._high + margin)
        return self.intervals.around(mean, lead)

    def _fill(self, skipped: int, value: float) -> None:
        """Learn half hours without readings: a line in a short gap, and in a long one what is expected."""
        last = self._value
        if skipped <= self._parameters.max_interpolated:
            for step in range(1, skipped + 1):
                self._learn(last + (value - last) * step / (skipped + 1))
        else:
            for _ in range(skipped % DAY_BINS):
                self._learn(last if self._model is None else self._model.forecast(horizon=1)[0])

    def _learn(self, value: float) -> None:
        self._learned += 1
        self._low, self._high = min(self._low, value), max(self._high, value)
        if self._model is not None:
            self._model.learn_one(value)
            return
        self._first_values.append(value)
        if len(self._first_values) == DAY_BINS:
            mean = sum(self._first_values) / DAY_BINS
            self._build([mean] * 2, [0.0] * 2, [each - mean for each in self._first_values])
            self._first_values = []

    def _build(self, level: list[float], trend: list[float], season: list[float]) -> None:
        """Build River's model from its components. Its own start divides by the level, also if additive."""
        parameters = self._parameters
        self._model = self._time_series.HoltWinters(
            alpha=parameters.alpha, beta=parameters.beta, gamma=parameters.gamma, seasonality=DAY_BINS
        )
        self._model.level.extend(level)
        self._model.trend.extend(trend)
        self._model.season.extend(season)
        self._model._initialized = True  # noqa: SLF001 - River offers no way to continue from components

    def state(self) -> bytes:
        """Return what `restore` accepts."""
        writer = StateWriter(VERSION)
        writer.numbers(self._at, self._value, self._number, self._learned, self._low, self._high)
        self.intervals.write(writer)
        model = self._model
        parts = [[], [], []] if model is None else [model.level, model.trend, model.season]
        for part in (self._first_values, *parts):
            writer.numbers(len(part), *part)
        return seal(self.kind, writer)

    def restore(self, state: bytes) -> None:
        """Continue from a state."""
        reader = unseal(self.kind, state, VERSION)
        self._at, self._value, number, learned, self._low, self._high = reader.numbers(6)
        self._number, self._learned = int(number), int(learned)
        self.intervals.read(reader)
        self._first_values, level, trend, season = (_values(reader) for _ in range(4))
        self._model = None
        if season:
            self._build(level, trend, season)


def _values(reader: StateReader) -> list[float]:
    (count,) = reader.numbers(1)
    return list(reader.numbers(int(count)))

"""Season and autoregression."""

import math
from bisect import bisect_right
from typing import ClassVar

from analysis.binary import Stateful, StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import BIN_SECONDS, ForecastParameters
from analysis.models.codec import seal, unseal
from analysis.models.intervals import LEADS, Intervals
from analysis.models.long_run import DAY_BINS
from analysis.models.model import ForecastStart
from analysis.models.recent import RecentBins
from analysis.models.regression import BoundedRidges
from analysis.models.season import Season

VERSION = 1
HOUR_BINS = 2
PERSISTENCE = (2.0, 4.0, 2.0, 12.0, 24.0, 48.0, 1.0)
"""For how many half hours each term stays about the same, so that they count as one piece of evidence."""
NO_ROW = [0.0] * (len(PERSISTENCE) + 1)
LEAD_BINS = [int(lead / BIN_SECONDS) for lead in LEADS[1:]]
SEASONAL_TERMS = 3
"""So many of the first terms are changes of the season until the time of the forecast."""


class Seasonal(ForecastStart):
    """Expects the last value, and the changes that season, level and momentum predict.

    For each of 1, 6 and 24 hours ahead a regression forecasts the change from the last value. Its terms are
    the changes of the daily profile, of the weekly profile, and of yesterday (beyond the daily profile's);
    the distances from the last day's mean and from the season; that of the last day from the long-run mean;
    and the change of the last hour. Coefficients start at zero, so it starts as the last value. Between
    these lead times coefficients are interpolated.
    """

    kind: ClassVar[str] = "seasonal"
    __slots__ = (
        "_now",
        "_number",
        "_parameters",
        "_recent",
        "_regressions",
        "_season",
        "intervals",
    )

    def __init__(self, parameters: ForecastParameters) -> None:
        self._parameters = season = parameters.season
        super().__init__()
        self.intervals = Intervals(parameters.intervals)
        self._season = Season(season)
        self._recent = RecentBins()
        self._regressions = BoundedRidges(
            [
                [season.ridge * max(persistence, bins / 2) for persistence in PERSISTENCE]
                for bins in LEAD_BINS
            ],
            forgetting=season.forgetting,
            bound=season.max_coefficient,
        )
        self._number = -1
        self._now = [0.0] * (len(PERSISTENCE) - SEASONAL_TERMS)
        """The terms that do not depend on the lead time."""

    def learn(self, at: float, value: float, latest: tuple[float, float] | None = None) -> None:
        """Learn the mean of a half hour, or a reading where there are fewer.

        The season is learned from means. What follows from a value is learned from the values at the ends of
        half hours, because forecasts start from them.
        """
        latest_at, end = latest or (at, value)
        number = math.floor(at / BIN_SECONDS)
        if not math.isnan(self._at) and 0 <= number - self._number <= DAY_BINS:
            end = self._clipped(latest_at, end)
            value = end if latest_at == at else value
        self._recent.add(number, end)
        origins = [number - bins for bins in LEAD_BINS]
        *means, mean = self._recent.day_means([*origins, number])
        self._learn_changes(origins, means, end)
        # After the changes: no term may know the value that it is to forecast.
        self._season.learn(number, value, mean)
        self._number = number
        self._now = self._origin_terms(number, end, mean)
        self.start(latest_at, end)

    def forecast(self, at: float) -> Forecast:
        """Return what is expected at a time that is later than what was learned.

        Raises:
            LookupError: Nothing was learned yet.
        """
        lead = self.lead(at)
        terms = self._change_terms(self._number, lead) + self._now
        change = sum(map(float.__mul__, self._coefficients(lead), terms))
        return self.intervals.around(self._value + change, lead)

    def _coefficients(self, lead: float) -> list[float]:
        coefficients = self._regressions.coefficients
        if lead >= LEADS[-1]:
            return coefficients[-1]
        if lead <= LEADS[1]:
            share = lead / LEADS[1]
            found = coefficients[0]
            return found[:SEASONAL_TERMS] + [share * each for each in found[SEASONAL_TERMS:]]
        upper = bisect_right(LEADS, lead)
        share = (lead - LEADS[upper - 1]) / (LEADS[upper] - LEADS[upper - 1])
        near, far = coefficients[upper - 2], coefficients[upper - 1]
        return [(1 - share) * a + share * b for a, b in zip(near, far, strict=True)]

    def _change_terms(self, number: int, lead: float) -> list[float]:
        """Return the changes of daily profile, weekly profile and yesterday until a lead time."""
        season = self._season
        if not season.has_daily(number):
            return [0.0] * SEASONAL_TERMS
        ahead = number + lead / BIN_SECONDS
        daily = season.daily(ahead) - season.daily(number)
        weekly = season.weekly(ahead, number) - season.weekly(number, number)
        recent = self._recent
        yesterday = recent[round(ahead) - DAY_BINS] - recent[number - DAY_BINS] - daily
        return [daily, weekly, 0.0 if math.isnan(yesterday) else yesterday]

    def _origin_terms(self, number: int, value: float, day_mean: float) -> list[float]:
        """Return the distances of a half hour from what is usual, and its change within an hour."""
        season = self._season
        momentum = value - self._recent[number - HOUR_BINS]
        if math.isnan(momentum):
            momentum = 0.0
        if not season.has_daily(number):
            return [day_mean - value, 0.0, 0.0, momentum]
        daily = season.daily(number)
        if momentum:
            momentum -= daily - season.daily(number - HOUR_BINS)
        level = season.level(number)
        usual = level + daily + season.weekly(number, number)
        return [day_mean + daily - value, usual - value, level - day_mean, momentum]

    def _learn_changes(self, origins: list[int], day_means: list[float], value: float) -> None:
        """Learn what followed from the half hours 1, 6 and 24 hours ago."""
        rows, weights = [], []
        for position, (origin, day_mean) in enumerate(zip(origins, day_means, strict=True)):
            start = self._recent[origin]
            if math.isnan(start):
                rows.append(NO_ROW)
                weights.append(0.0)
                continue
            terms = self._change_terms(origin, LEADS[position + 1])
            terms += self._origin_terms(origin, start, day_mean)
            coefficients = self._regressions.coefficients[position]
            error = abs(value - start - sum(map(float.__mul__, coefficients, terms)))
            limit = self._parameters.robust * self.intervals.at[position + 1].scale
            rows.append([*terms, value - start])
            weights.append(1.0 if error <= limit else limit / error)
        if any(weights):
            self._regressions.learn(rows, weights)

    def _clipped(self, at: float, value: float) -> float:
        """Return a value without what is too unlikely after the last one."""
        expected = self.forecast(at).mean
        limit = self._parameters.outlier * self.intervals.at[1].scale
        return min(max(value, expected - limit), expected + limit)

    def state(self) -> bytes:
        """Return what `restore` accepts."""
        writer = StateWriter(VERSION)
        writer.numbers(self._at, self._value, self._number, *self._now)
        parts: list[Stateful] = [self.intervals, self._season, self._recent, self._regressions]
        for part in parts:
            part.write(writer)
        return seal(self.kind, writer)

    def restore(self, state: bytes) -> None:
        """Continue from a state."""
        reader = unseal(self.kind, state, VERSION)
        self._at, self._value, number, *self._now = reader.numbers(3 + len(self._now))
        self._number = int(number)
        parts: list[Stateful] = [self.intervals, self._season, self._recent, self._regressions]
        for part in parts:
            part.read(reader)

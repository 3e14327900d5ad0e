"""Season and autoregression."""

import math
from typing import ClassVar

from analysis.binary import Stateful, StateWriter
from analysis.forecast import Forecast
from analysis.forecast_parameters import BIN_SECONDS, ForecastParameters
from analysis.models.codec import seal, unseal
from analysis.models.intervals import LEADS, Intervals
from analysis.models.long_run import LongRunMean
from analysis.models.profile import Profile
from analysis.models.recent import DAY_BINS, RecentBins
from analysis.models.regression import BoundedRidge

VERSION = 1
DAY_SECONDS = 86_400.0
WEEK_SECONDS = 7 * DAY_SECONDS
HOUR_BINS = 2
WEEK_KNOTS = 7 * 24
SEASONAL_TERMS = 3
"""So many of the first terms are changes of the season until the time of the forecast."""


class Seasonal:
    """Expects the last value, and the changes that season, level and momentum predict.

    For each of 1, 6 and 24 hours ahead a regression forecasts the change from the last value. Its terms are
    the changes of the daily profile, of the weekly profile, and of yesterday (beyond the daily profile's);
    the distances from the last day's mean and from the season; that of the last day from the long-run mean;
    and the change of the last hour. Coefficients start at zero, so it starts as the last value. Between
    these lead times coefficients are interpolated.
    """

    kind: ClassVar[str] = "seasonal"
    __slots__ = (
        "_at",
        "_daily",
        "_first_at",
        "_learned_at",
        "_learned_value",
        "_level",
        "_now",
        "_parameters",
        "_phase",
        "_recent",
        "_regressions",
        "_spread",
        "_value",
        "_weekly",
        "intervals",
    )

    def __init__(self, parameters: ForecastParameters) -> None:
        self._parameters = season = parameters.season
        self.intervals = Intervals(parameters.intervals)
        self._daily = Profile(DAY_SECONDS, DAY_BINS)
        self._weekly = Profile(WEEK_SECONDS, WEEK_KNOTS)
        self._recent = RecentBins()
        self._regressions = [
            BoundedRidge(
                7,
                forgetting=season.forgetting,
                ridge=season.ridge * max(1.0, lead / BIN_SECONDS / 2),
                bound=season.max_coefficient,
            )
            for lead in LEADS[1:]
        ]
        self._first_at = self._learned_at = self._at = math.nan
        self._learned_value = self._value = math.nan
        self._level = LongRunMean()
        self._spread = self._phase = 0.0
        self._now = [0.0] * 4
        """The terms that do not depend on the lead time."""

    def learn(self, at: float, value: float) -> None:
        """Learn the mean of a half hour, or a reading where there are fewer."""
        number = math.floor(at / BIN_SECONDS)
        if math.isnan(self._first_at):
            self._first_at = at
            self._level.begin(value)
        else:
            value = self._clipped(at, value)
        self._recent.add(number, value)
        self._phase = at - number * BIN_SECONDS
        origins = [number - int(lead / BIN_SECONDS) for lead in LEADS[1:]]
        *means, mean = self._recent.day_means([*origins, number])
        for position, (origin, day_mean) in enumerate(zip(origins, means, strict=True), start=1):
            self._learn_change(position, origin, day_mean, value)
        # After the changes: no term may know the value that it is to forecast.
        if at > self._first_at:
            self._learn_season(at, value, mean)
        self._learned_at, self._learned_value = at, value
        self._now = self._origin_terms(number, value, mean)
        self.start(at, value)

    def start(self, at: float, value: float) -> None:
        """Start forecasts from a newer value than what was learned, until the next is learned."""
        self._at, self._value = at, value

    def forecast(self, at: float) -> Forecast:
        """Return what is expected at a time that is later than what was learned.

        Raises:
            LookupError: Nothing was learned yet.
        """
        if math.isnan(self._at):
            raise LookupError("No reading was learned yet.")
        lead = max(0.0, at - self._at)
        terms = self._change_terms(self._at, lead) + self._now
        change = sum(map(float.__mul__, self._coefficients(lead), terms))
        return self.intervals.around(self._value + change, lead)

    def _coefficients(self, lead: float) -> list[float]:
        regressions = self._regressions
        if lead >= LEADS[-1]:
            return regressions[-1].coefficients
        if lead <= LEADS[1]:
            share = lead / LEADS[1]
            found = regressions[0].coefficients
            return found[:SEASONAL_TERMS] + [share * each for each in found[SEASONAL_TERMS:]]
        upper = next(index for index, known in enumerate(LEADS) if known > lead)
        share = (lead - LEADS[upper - 1]) / (LEADS[upper] - LEADS[upper - 1])
        near, far = regressions[upper - 2].coefficients, regressions[upper - 1].coefficients
        return [(1 - share) * a + share * b for a, b in zip(near, far, strict=True)]

    def _has_daily(self, at: float) -> bool:
        return at - self._first_at >= self._parameters.daily_after_seconds

    def _has_weekly(self, at: float) -> bool:
        return at - self._first_at >= self._parameters.weekly_after_seconds

    def _change_terms(self, at: float, lead: float) -> list[float]:
        """Return the changes of daily profile, weekly profile and yesterday until a lead time."""
        if not self._has_daily(at):
            return [0.0] * SEASONAL_TERMS
        daily = self._daily(at + lead) - self._daily(at)
        weekly = self._weekly(at + lead) - self._weekly(at) if self._has_weekly(at) else 0.0
        number = math.floor(at / BIN_SECONDS) - DAY_BINS
        ahead = number + round(lead / BIN_SECONDS)
        yesterday = self._recent[ahead] - self._recent[number] - daily
        return [daily, weekly, 0.0 if math.isnan(yesterday) else yesterday]

    def _origin_terms(self, number: int, value: float, day_mean: float) -> list[float]:
        """Return the distances of a half hour's mean from what is usual, and its change within an hour."""
        at = number * BIN_SECONDS + self._phase
        before = self._recent[number - HOUR_BINS]
        momentum = 0.0 if math.isnan(before) else value - before
        if not self._has_daily(at):
            return [day_mean - value, 0.0, 0.0, momentum]
        daily = self._daily(at)
        momentum -= (daily - self._daily(at - HOUR_BINS * BIN_SECONDS)) if momentum else 0.0
        level = self._level.before(at)
        season = level + daily + (self._weekly(at) if self._has_weekly(at) else 0.0)
        return [day_mean + daily - value, season - value, level - day_mean, momentum]

    def _learn_change(self, position: int, origin: int, day_mean: float, value: float) -> None:
        start = self._recent[origin]
        if math.isnan(start):
            return
        lead = LEADS[position]
        terms = self._change_terms(origin * BIN_SECONDS + self._phase, lead)
        terms += self._origin_terms(origin, start, day_mean)
        regression = self._regressions[position - 1]
        error = value - start - sum(map(float.__mul__, regression.coefficients, terms))
        limit = self._parameters.robust * self.intervals.at[position].scale
        regression.learn(terms, value - start, 1.0 if abs(error) <= limit else limit / abs(error))

    def _clipped(self, at: float, value: float) -> float:
        """Return a value without what is too unlikely after the last one."""
        expected = self.forecast(at).mean
        limit = 3 * self._parameters.clip * self.intervals.at[1].scale
        if at - self._learned_at > DAY_SECONDS:
            return value
        return min(max(value, expected - limit), expected + limit)

    def _learn_season(self, at: float, value: float, mean: float) -> None:
        """Learn the level, and the profiles at the knots since the last value, interpolated."""
        parameters = self._parameters
        elapsed, age = at - self._learned_at, at - self._first_at
        self._level.learn(at, elapsed / (age + elapsed), value, elapsed)
        if age < DAY_SECONDS or elapsed > parameters.max_interpolation_seconds:
            return
        slope = (value - self._learned_value) / elapsed
        days, weeks = age // DAY_SECONDS, age // WEEK_SECONDS
        daily_rate = max(1 / days, parameters.daily_rate)
        weekly_rate = max(1 / (weeks + 2), parameters.weekly_rate)
        for knot in self._daily.knots(self._learned_at, at):
            interpolated = value - slope * (at - knot)
            difference = interpolated - mean - self._daily(knot)
            if days > 1:
                limit = parameters.clip * self._spread
                difference = min(max(difference, -limit), limit)
            self._spread += max(1 / (days * DAY_BINS), 1 / (20 * DAY_BINS)) * (abs(difference) - self._spread)
            self._daily.learn(knot, daily_rate * difference)
        for knot in self._weekly.knots(self._learned_at, at):
            interpolated = value - slope * (at - knot)
            difference = interpolated - self._level.current - self._daily(knot) - self._weekly(knot)
            limit = 2 * parameters.clip * self._spread
            self._weekly.learn(knot, weekly_rate * min(max(difference, -limit), limit))

    def _parts(self) -> list[Stateful]:
        parts: list[Stateful] = [self.intervals, self._level, self._daily, self._weekly, self._recent]
        return [*parts, *self._regressions]

    def state(self) -> bytes:
        """Return what `restore` accepts."""
        writer = StateWriter(VERSION)
        writer.numbers(self._first_at, self._learned_at, self._learned_value, self._at, self._value)
        writer.numbers(self._spread, self._phase, *self._now)
        for part in self._parts():
            part.write(writer)
        return seal(self.kind, writer)

    def restore(self, state: bytes) -> None:
        """Continue from a state."""
        reader = unseal(self.kind, state, VERSION)
        self._first_at, self._learned_at, self._learned_value, self._at, self._value = reader.numbers(5)
        self._spread, self._phase, *self._now = reader.numbers(6)
        for part in self._parts():
            part.read(reader)

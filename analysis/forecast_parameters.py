"""The settings of the forecasts, which are a part of those in analysis/parameters.py."""

from dataclasses import dataclass, field

BIN_SECONDS = 1800.0
"""The models learn half-hour means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalParameters:
    """How the 95 % intervals of one model and horizon are calibrated."""

    miss_rate: float = 0.05
    """The share of readings that may be outside the interval; half of it on each side."""
    initial_scale: float = 0.25
    """The mean absolute error in K that is assumed before the first one is known."""
    initial_quantile: float = 2.8
    """The interval's half-width at first, in mean absolute errors."""
    scale_rate: float = 1 / 150
    """How fast the mean absolute error forgets, per forecast."""
    scale_clip: float = 5.0
    """The largest error that the mean absolute error learns, as a multiple of it."""
    resolution: float = 0.02
    """The smallest error in K that `scale_clip` is a multiple of."""
    initial_rate: float = 1.0
    """How far the half-width moves at a miss at first."""
    final_rate: float = 0.12
    """How far the half-width moves at a miss in the long run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepParameters:
    """How the next reading is forecast."""

    level_gain: float = 0.3
    """How much of a reading the smoothed level takes."""
    forgetting: float = 1 / 500
    """How fast the weight of the smoothed level forgets, per reading."""
    ridge: float = 20.0
    """How many readings of evidence the weight of the smoothed level needs."""
    clip: float = 5.0
    """The largest error that the level and its weight learn, as a multiple of the mean absolute error."""
    margin: float = 0.05
    """An error in K that is never an outlier."""
    max_smoothing_seconds: float = 900.0
    """Readings with longer intervals are not smoothed: the models of half hours know them all."""
    max_gap_seconds: float = 3 * 3600.0
    """Across a longer gap the models forecast the reading itself instead of a drift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonParameters:
    """How the season and the autoregression are learned."""

    daily_after_seconds: float = 2 * 86400.0
    """The history from which on daily terms are used."""
    weekly_after_seconds: float = 14 * 86400.0
    """The history from which on weekly terms are used."""
    daily_rate: float = 1 / 20
    """How much of a day the daily profile takes in the long run."""
    weekly_rate: float = 1 / 6
    """How much of a week the weekly profile takes in the long run."""
    forgetting: float = 1 / (40 * 48)
    """How fast the regression forgets, per half hour."""
    ridge: float = 4.0
    """How many independent pieces of evidence the coefficients need."""
    clip: float = 4.0
    """The largest deviation that profiles learn, as a multiple of the mean absolute one."""
    spread_days: int = 20
    """The days over which the mean absolute deviation from the daily profile is taken."""
    outlier: float = 12.0
    """The largest difference from the forecast of an hour that is learned, in mean absolute errors of it."""
    robust: float = 2.0
    """Errors above this multiple of the mean absolute error count with their size instead of its square."""
    max_interpolation_seconds: float = 4 * 3600.0
    """Half hours without readings are interpolated in shorter gaps."""
    max_coefficient: float = 1.5
    """No term enters a forecast with more than this weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiverParameters:
    """The settings of River's Holt-Winters."""

    alpha: float = 0.5
    """How much of a half hour the level takes."""
    beta: float = 0.005
    """How much of a change of the level the trend takes."""
    gamma: float = 0.2
    """How much of a day the season takes."""
    max_interpolated: int = 8
    """Half hours without readings are interpolated in gaps of at most so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitionParameters:
    """When another model takes over a horizon."""

    rate: float = 1 / 60
    """How fast the compared errors forget, per forecast."""
    advantage: float = 0.03
    """How much smaller the error of the better model has to be, as a share."""
    slow_rate: float = 1 / 1000
    """How fast they forget in the long run, in which a model has to be better than the last value as well."""
    standard_errors: float = 1.5
    """How many standard errors the difference has to be, where overlapping forecasts count as one."""
    resemblance: float = 0.9
    """The power of a horizon in half hours that gives how many successive errors count as one."""
    min_forecasts: int = 48
    """How many forecasts both have to have been evaluated on."""
    independent_bins: float = 8.0
    """Over longer horizons in half hours, errors forget more slowly and more forecasts are needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastParameters:
    """The settings of the forecasts."""

    intervals: IntervalParameters = field(default_factory=IntervalParameters)
    step: StepParameters = field(default_factory=StepParameters)
    season: SeasonParameters = field(default_factory=SeasonParameters)
    river: RiverParameters = field(default_factory=RiverParameters)
    competition: CompetitionParameters = field(default_factory=CompetitionParameters)

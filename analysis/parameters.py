"""The settings of models, detectors and thresholds: one set for all sensors.

They are fixed on simulated data; evaluation/settings_history.md has each change with its reason.
"""

from dataclasses import dataclass, field

from analysis.forecast_parameters import ForecastParameters
from analysis.neighbours.parameters import NeighbourParameters

DAY_SECONDS = 86_400.0
HOUR_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortTermParameters:
    """How the next reading is expected from the last readings, for spikes and level shifts."""

    memory_readings: int = 256
    """Readings that the scale of the residuals remembers."""
    fast_memory_readings: int = 32
    """Readings that its faster half remembers; the larger of both counts."""
    hour_kept: float = 0.8
    """What remains of an hour of the day in the scale when it is learnt again, a day later."""
    hour_prior_readings: float = 20.0
    """Readings that the scale of all hours counts for in that of one hour of the day."""
    clip_scales: float = 3.0
    """Largest residual that the scale learns from, in scales."""
    resolution_scale: float = 0.4
    """Smallest scale, as a part of the resolution: rounding alone gives a difference sd of 0.41."""
    interval_memory_readings: int = 16
    """Readings that the usual interval remembers."""
    max_gap_intervals: float = 3.5
    """Longer intervals are gaps, across which no step is judged."""
    restart_gaps: int = 5
    """So many gaps in a row are a changed interval: the scale is learnt again."""
    warm_up_readings: int = 20
    """Readings before a step is judged."""
    prior_margin: float = 1.2
    """The threshold of an unknown sensor, as a multiple of that of normally distributed residuals."""
    warm_up_margin: float = 8.0
    """The threshold is higher by this, divided by the number of readings so far."""
    max_autocorrelation: float = 0.95
    """Largest part of the last difference that is expected again."""
    past_weight: float = 0.6
    """Weight of the past in what was expected of a reading, once the next one is known as well."""
    returned: float = 0.5
    """A spike has returned when less than this part of its height remains."""
    accepted_readings: int = 24
    """A new level is normal after so many readings …"""
    accepted_seconds: float = 1800.0
    """… and after this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckParameters:
    """When the same value lasts too long."""

    memory_readings: int = 500
    """Readings that the share of repeated values remembers."""
    prior_readings: float = 20.0
    """Readings that the first guess of this share counts for."""
    prior_share: float = 0.15
    """The first guess."""
    max_nats: float = 3.0
    """Largest surprise of one repeated value (natural logarithm of its probability)."""
    min_nats: float = 0.001
    """Smallest surprise of one repeated value."""
    min_repeats: int = 5
    """Fewer repeats are never stuck."""
    coarse_share: float = 0.6
    """A sensor that repeats more of its values is coarse: its quiet hours must be known first."""
    coarse_blocks: int = 16
    """Blocks of history that a coarse sensor needs before it is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropoutParameters:
    """When a value is one that a faulty sensor sends."""

    min_distance: float = 3.0
    """Smallest distance from the present level in K."""
    max_score: float = 100.0
    """Largest score that is reported of any kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftParameters:
    """When the mean of a day is far from the level of the weeks before."""

    near_days: int = 6
    """The level is that of the two weeks before the last days: a drift of five days is not yet in it."""
    history_days: float = 12.0
    """History that is needed."""
    prior: float = 2.5
    """The threshold of an unknown sensor, in standard deviations of a week."""
    clip: float = 2.0
    """Largest deviation that the usual deviation learns, in standard deviations of a week."""
    memory_days: float = 30.0
    """Days that the usual deviation, as of a season, remembers."""
    ended: float = 0.5
    """A drift has ended below this part of the threshold."""
    block_seconds: float = 2 * DAY_SECONDS
    """Length of a block: means of days depend on each other."""
    prior_blocks: float = 30.0
    """Blocks that the prior threshold counts for."""
    resolution_scale: float = 0.5
    """Smallest standard deviation of a week, as a part of the resolution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualParameters:
    """When a half hour is unusual for the time of day."""

    warm_up_bins: int = 150
    """Half hours with a forecast of the day before that are needed: each hour's errors are known then."""
    prior: float = 6.0
    """The threshold of an unknown sensor, in standard deviations of the error."""
    ended: float = 0.6
    """It has ended below this part of the threshold."""
    quiet_seconds: float = 25 * HOUR_SECONDS
    """After a level shift, forecasts of the day before are of the former level for this time."""
    block_seconds: float = DAY_SECONDS
    """Length of a block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdParameters:
    """How the tail of block maxima gives a threshold."""

    block_seconds: float = 21_600.0
    """Length of a block."""
    blocks: int = 56
    """Blocks that are remembered."""
    tail_share: float = 1 / 3
    """Part of the largest maxima that the tail is fitted to."""
    prior_blocks: float = 12.0
    """Blocks that the prior threshold counts for."""
    unknown_blocks: float = 4.0
    """Until so many blocks are known, the prior threshold is higher …"""
    unknown_margin: float = 0.2
    """… by this part of it at first: the noise of a day may be larger than that of its first hours."""
    residual_power: float = 1.5
    """The power of the scores of residuals that has an exponential tail: between 1 and a normal one's 2."""
    clip: float = 1.25
    """Largest maximum that is learnt from, as a multiple of the threshold."""
    min_spread: float = 0.03
    """Smallest mean excess of the tail, as a part of its start: rounded values have none."""
    min_of_prior: float = 0.6
    """Smallest threshold, as a part of the prior."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetParameters:
    """How the thresholds of a sensor follow its alarms."""

    step: float = 0.2
    """What an alarm adds to the logarithm of the thresholds' common factor."""
    min_factor: float = 0.6
    """Smallest factor, after long quiet."""
    max_factor: float = 4.0
    """Largest factor of a restless sensor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The shares of the false alarms that each detector may raise; their sum is 1."""

    step: float = 0.2
    spike: float = 0.25
    stuck: float = 0.1
    drift: float = 0.2
    unusual: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """All settings."""

    false_alarms_per_day: float = 0.1
    """False alarms per sensor and day, over all kinds (ANALYSIS_FALSE_ALARMS_PER_DAY)."""
    short_term: ShortTermParameters = field(default_factory=ShortTermParameters)
    stuck: StuckParameters = field(default_factory=StuckParameters)
    dropout: DropoutParameters = field(default_factory=DropoutParameters)
    drift: DriftParameters = field(default_factory=DriftParameters)
    unusual: UnusualParameters = field(default_factory=UnusualParameters)
    threshold: ThresholdParameters = field(default_factory=ThresholdParameters)
    budget: BudgetParameters = field(default_factory=BudgetParameters)
    shares: Shares = field(default_factory=Shares)
    forecasts: ForecastParameters = field(default_factory=ForecastParameters)
    neighbours: NeighbourParameters = field(default_factory=NeighbourParameters)

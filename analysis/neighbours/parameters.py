"""The settings of the comparison with neighbours, fixed on simulated data."""

from dataclasses import dataclass

DAY_SECONDS = 86_400.0
BINS_PER_DAY = 48
BIN_SECONDS = DAY_SECONDS / BINS_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourParameters:
    """What a group of neighbours learns and what it reports as drift."""

    max_sensors: int = 16
    """Sensors per group; the cost grows with its square."""
    memory_days: float = 14.0
    """After which a half hour has lost 63 % of its weight."""
    ridge: float = 0.002
    """Added to the variance of each standardised sensor, however long it was observed."""
    prior_bins: float = 2.0
    """Half hours that the belief weighs that the sensors are independent."""
    min_days: float = 2.0
    """Observation before a sensor has a virtual value, or is a neighbour of others."""
    max_unexplained: float = 0.5
    """Share of a sensor's variance that its neighbours may leave unexplained; above it they say nothing."""
    clip: float = 3.0
    """Standard deviations by which a half hour may differ at most in what it teaches."""
    outlier: float = 6.0
    """Standard deviations by which a half hour differs that is not used for its neighbours."""
    min_sd: float = 0.03
    """Smallest standard deviation in K; sensors resolve no less."""
    min_presence: float = 0.4
    """Share of the half hours of a day that a sensor is present in, if its daily mean is judged."""
    min_judged_days: float = 4.0
    """Observation before a sensor is judged."""
    lag_days: int = 4
    """Days before a daily mean counts as normal, so that a slow drift does not widen its own threshold."""
    history_days: int = 28
    """Daily means that the threshold is estimated from."""
    prior_days: float = 3.0
    """Days that the first estimate of the daily mean's standard deviation weighs."""
    min_threshold: float = 4.0
    """Lowest threshold, in standard deviations of the daily mean."""
    min_drift: float = 0.1
    """Smallest drift in K that is reported."""
    alarm_share: float = 0.1
    """Share of the permitted false alarms that drift against neighbours takes."""
    end_ratio: float = 0.5
    """Share of the threshold below which a drift has ended."""
    rebase_days: float = 14.0
    """After which a sensor that stays different is accepted as it is."""
    leave_days: float = 14.0
    """Silence after which a sensor leaves its group."""
    nominal_miss: float = 0.05
    """Share of the values outside the interval of virtual values."""

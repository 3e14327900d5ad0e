"""Confidence intervals of shares and of rates, 95 %."""

import math

Z = 1.959964


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the interval of a share. E. B. Wilson, JASA 22 (1927)."""
    if not trials:
        return 0.0, 1.0
    share = successes / trials
    centre = share + Z * Z / (2 * trials)
    half = Z * math.sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    scale = 1 + Z * Z / trials
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def poisson(events: int) -> tuple[float, float]:
    """Return the interval of an expected number of events, of which so many occurred.

    Byar's approximation of the exact interval: N. E. Breslow, N. E. Day, Statistical Methods in Cancer
    Research 2 (1987), p. 69.
    """
    upper = (events + 1) * (1 - 1 / (9 * (events + 1)) + Z / (3 * math.sqrt(events + 1))) ** 3
    if not events:
        return 0.0, upper
    return events * (1 - 1 / (9 * events) - Z / (3 * math.sqrt(events))) ** 3, upper


def percentile(values: list[float], percent: float) -> float:
    """Return a percentile, interpolated between the values next to it."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

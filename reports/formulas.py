"""Means of temperatures that are weighted by time.

The mean kinetic temperature follows Haynes (1971) and chapter 1079.2 of the United States Pharmacopeia, with
the trapezoidal rule: an uneven interval counts as long as it is. See docs/concepts/report-figures.md.
"""

import math
from collections.abc import Sequence
from operator import mul

from readings.units import ABSOLUTE_ZERO

GAS_CONSTANT = 8.314462618  # J/(mol K), exact since 2019 to these digits


def weighted_mean(weights: Sequence[float], temperatures: Sequence[float]) -> float:
    """Return the mean of temperatures, of which at least one weight is above zero."""
    return math.fsum(map(mul, weights, temperatures)) / math.fsum(weights)


def weighted_deviation(weights: Sequence[float], temperatures: Sequence[float], mean: float) -> float:
    """Return the standard deviation in K around the weighted mean of the same temperatures."""
    squares = ((temperature - mean) ** 2 for temperature in temperatures)
    return math.sqrt(math.fsum(map(mul, weights, squares)) / math.fsum(weights))


def mean_kinetic_temperature(
    weights: Sequence[float], temperatures: Sequence[float], heat_kj_per_mol: float
) -> float:
    """Return the constant temperature in °C at which goods age as much as at the temperatures.

    Raises:
        ValueError: When a temperature is absolute zero or less.
    """
    if min(temperatures) <= ABSOLUTE_ZERO:
        raise ValueError(f"a temperature is {min(temperatures):g} °C, which is not above absolute zero")
    ratio = heat_kj_per_mol * 1000 / GAS_CONSTANT
    # Relative to the warmest: e^(-a/T) itself is 0 for a computer where it is very cold.
    coldest_term = ratio / (max(temperatures) - ABSOLUTE_ZERO)
    terms = (math.exp(coldest_term - ratio / (each - ABSOLUTE_ZERO)) for each in temperatures)
    relative = math.fsum(map(mul, weights, terms)) / math.fsum(weights)
    return ratio / (coldest_term - math.log(relative)) + ABSOLUTE_ZERO

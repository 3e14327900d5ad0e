"""How long each reading counts: the trapezoidal rule as one weight per reading."""

from array import array
from collections.abc import Sequence

from reports.measures.intervals import Stretch


def time_weights(times: Sequence[int], stretches: Sequence[Stretch]) -> "array[int]":
    """Return the µs from the reading before to that after, of the same stretch: twice the trapezoidal weight.

    Their sum is twice the measured time. Gaps have no part in it, nor has the time before the first reading.
    """
    weights = array("q", bytes(8 * len(times)))
    for first, stop in stretches:
        last = stop - 1
        if first == last:
            continue
        weights[first] = times[first + 1] - times[first]
        weights[last] = times[last] - times[last - 1]
        for index in range(first + 1, last):
            weights[index] = times[index + 1] - times[index - 1]
    return weights

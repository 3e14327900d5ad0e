"""Exponentially weighted means and covariances of sensors that are not all present all the time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.binary import StateReader, StateWriter
from analysis.neighbours.arrays import read_array, write_array
from analysis.neighbours.parameters import BINS_PER_DAY, NeighbourParameters

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
MIN_NEIGHBOURS = 2  # with a single one it cannot be known which of two sensors is wrong


class Relation(NamedTuple):
    """How sensors vary together: means, standard deviations and the regularised correlation matrix."""

    mean: Array
    sd: Array
    correlation: Array


class Moments:
    """Sums over all pairs of sensors of the half hours in which both are present.

    The sums forget exponentially, and the prior is added when they are used. Thus it is never forgotten and
    no error accumulates, unlike in recursive least squares with forgetting.
    """

    def __init__(self, parameters: NeighbourParameters) -> None:
        self._parameters = parameters
        self._keep = float(np.exp(-1.0 / (parameters.memory_days * BINS_PER_DAY)))
        self.weight = np.zeros((0, 0))
        self.total = np.zeros((0, 0))
        self.product = np.zeros((0, 0))

    def join(self) -> None:
        """Add a sensor."""
        self.weight, self.total, self.product = (
            np.pad(matrix, ((0, 1), (0, 1))) for matrix in (self.weight, self.total, self.product)
        )

    def leave(self, place: int) -> None:
        """Remove the sensor at this place."""
        self.weight, self.total, self.product = (
            np.delete(np.delete(matrix, place, 0), place, 1)
            for matrix in (self.weight, self.total, self.product)
        )

    def add(self, values: Array, variances: Array | float = 0.0) -> None:
        """Learn the values of a half hour; NaN is a sensor that is not present.

        An estimate that stands for an absent value has a variance, so that what is learnt of its sensor stays
        as it was.
        """
        present = ~np.isnan(values)
        known, mask = np.where(present, values, 0.0), present.astype(np.float64)
        self.weight = self._keep * self.weight + np.outer(mask, mask)
        self.total = self._keep * self.total + np.outer(known, mask)
        self.product = self._keep * self.product + (np.outer(known, known) + np.diag(variances * mask))

    def write(self, state: StateWriter) -> None:
        """Append the state."""
        for matrix in (self.weight, self.total, self.product):
            write_array(state, matrix)

    def read(self, state: StateReader) -> None:
        """Take over the state of as many sensors."""
        self.weight, self.total, self.product = (
            read_array(state, matrix) for matrix in (self.weight, self.total, self.product)
        )

    def mean(self) -> Array:
        """Return the mean of each sensor; 0 before its first value."""
        return np.diag(self.total) / np.maximum(np.diag(self.weight), 1e-9)

    def relation(self) -> Relation:
        """Return how the sensors vary together, as far as the data outweigh the prior of independence."""
        weight = np.maximum(self.weight, 1e-9)
        covariance = self.product / weight - self.total * self.total.T / weight**2
        sd = np.sqrt(np.maximum(np.diag(covariance), 0.0) + self._parameters.min_sd**2)
        prior = self._parameters.prior_bins
        correlation = covariance / np.outer(sd, sd) * (weight / (weight + prior))
        np.fill_diagonal(correlation, 1.0)
        # Pairs that were observed at different times do not always make a covariance matrix together.
        values, vectors = np.linalg.eigh(correlation)
        ridge = self._parameters.ridge + prior / (prior + np.diag(weight))
        regular = (vectors * np.maximum(values, 0.0)) @ vectors.T
        return Relation(self.mean(), sd, regular + np.diag(ridge))


class Explanation(NamedTuple):
    """What the others say of each sensor: its value, and the standard deviation that remains.

    `unexplained` is the share of its variance that remains; 1 where no neighbours are known.
    """

    expected: Array
    sd: Array
    unexplained: Array

    def reliable(self, usable: Mask, max_unexplained: float) -> Mask:
        """Return of which sensors enough neighbours say enough, when these sensors are usable."""
        neighbours = int(np.sum(usable)) - usable
        return (self.unexplained <= max_unexplained) & (neighbours >= MIN_NEIGHBOURS)


def exclude_outliers(relation: Relation, values: Array, usable: Mask, max_deviations: float) -> Mask:
    """Return the usable sensors without those that are far from what the others say: at most a minority.

    The furthest is excluded first, since it makes the others appear to be far as well.
    """
    usable = usable.copy()
    for _ in range((int(np.sum(usable)) - 1) // 2):
        explanation = explain(relation, values, usable)
        distances = np.where(usable, np.abs(values - explanation.expected) / explanation.sd, 0.0)
        worst = int(np.argmax(distances))
        if distances[worst] < max_deviations:
            break
        usable[worst] = False
    return usable


def explain(relation: Relation, values: Array, usable: Mask) -> Explanation:
    """Return what the usable sensors say of each sensor, never using a sensor's own value.

    One inverse yields the ridge regressions of all sensors: row i of it, divided by its diagonal, is that of
    sensor i on the others.
    """
    size = len(values)
    weights, unexplained = np.zeros((size, size)), np.full(size, 1.0)
    among = np.flatnonzero(usable)
    if len(among):
        inverse = np.linalg.inv(relation.correlation[np.ix_(among, among)])
        diagonal = np.diag(inverse)
        weights[np.ix_(among, among)] = -inverse / diagonal[:, None]
        weights[among, among] = 0.0
        unexplained[among] = 1.0 / diagonal
        rest = np.flatnonzero(~usable)
        between = relation.correlation[np.ix_(rest, among)]
        weights[np.ix_(rest, among)] = between @ inverse
        remaining = np.diag(relation.correlation)[rest] - np.sum((between @ inverse) * between, axis=1)
        unexplained[rest] = np.maximum(remaining, 0.0)
    deviation = np.where(usable, (values - relation.mean) / relation.sd, 0.0)
    return Explanation(
        relation.mean + relation.sd * (weights @ deviation),
        relation.sd * np.sqrt(unexplained),
        np.minimum(unexplained, 1.0),
    )

"""Regressions that forget and cannot explode."""

import math

import numpy as np

from analysis.binary import StateReader, StateWriter

MIN_RIDGE = 1e-9
"""So that the equations of a constant signal have a solution."""


class BoundedRidges:
    """Several ridge regressions on exponentially weighted sums of products, with the same number of terms.

    Unlike recursive least squares with forgetting, the ridge is added when the equations are solved, so it is
    never forgotten: what was not excited for long goes back to zero instead of growing without limit.
    Coefficients are bounded in addition. All regressions are computed at once, because most of the time is
    spent in calling NumPy.
    """

    __slots__ = ("_bound", "_keep", "_products", "_ridges", "_triangle", "_weights", "coefficients")

    def __init__(self, ridges: list[list[float]], *, forgetting: float, bound: float) -> None:
        """Start with coefficients of zero; a ridge per term says how much evidence it needs."""
        self._keep = 1 - forgetting
        self._bound = bound
        self._ridges = np.array(ridges)
        count, terms = self._ridges.shape
        self._triangle = (slice(None), *np.triu_indices(terms + 1))
        self._products = np.zeros((count, terms + 1, terms + 1), np.float32)
        self._weights = np.zeros(count)
        self.coefficients = [[0.0] * terms for _ in ridges]

    def learn(self, rows: list[list[float]], weights: list[float]) -> None:
        """Learn per regression what followed from some terms: the target is last in a row.

        A regression with a weight of zero learns and forgets nothing.
        """
        new = np.array(rows, np.float32)
        weight = np.array(weights)
        keep = np.where(weight > 0.0, self._keep, 1.0)
        self._products *= keep.astype(np.float32)[:, None, None]
        new *= np.sqrt(weight).astype(np.float32)[:, None]
        self._products += new[:, :, None] * new[:, None, :]
        self._weights = self._weights * keep + weight
        self._solve()

    def _solve(self) -> None:
        products = self._products.astype(np.float64)
        terms = self._ridges.shape[1]
        size = terms + 1
        diagonals = products.reshape(len(products), -1)[:, :: size + 1]
        weights = np.maximum(self._weights, 1.0)[:, None]
        variances = diagonals / weights
        diagonals[:, :terms] += (
            self._ridges * np.maximum(variances[:, :terms], variances[:, terms:]) + MIN_RIDGE
        )
        solved = np.linalg.solve(products[:, :terms, :terms], products[:, :terms, terms:])[:, :, 0]
        self.coefficients = np.minimum(np.maximum(solved, -self._bound), self._bound).tolist()

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(*self._weights.tolist())
        writer.singles(self._products[self._triangle].ravel().tolist())

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        self._weights = np.array(reader.numbers(len(self._weights)))
        shape = self._products[self._triangle].shape
        stored = np.array(reader.singles(math.prod(shape)), np.float32).reshape(shape)
        self._products[self._triangle] = stored
        self._products.transpose(0, 2, 1)[self._triangle] = stored
        self._solve()

"""A regression that forgets and cannot explode."""

import numpy as np

from analysis.binary import StateReader, StateWriter

MIN_RIDGE = 1e-9
"""So that the equations of a constant signal have a solution."""


class BoundedRidge:
    """Ridge regression on exponentially weighted sums of products.

    Unlike recursive least squares with forgetting, the ridge is added when the equations are solved, so it is
    never forgotten: what was not excited for long goes back to zero instead of growing without limit.
    Coefficients are bounded in addition.
    """

    __slots__ = ("_bound", "_keep", "_products", "_ridges", "_triangle", "_weight", "coefficients")

    def __init__(self, ridges: list[float], *, forgetting: float, bound: float) -> None:
        """Start with coefficients of zero; a ridge per term says how much evidence it needs."""
        self._keep = 1 - forgetting
        self._ridges = np.array(ridges)
        terms = len(ridges)
        self._bound = bound
        self._triangle = np.triu_indices(terms + 1)
        self._products = np.zeros((terms + 1, terms + 1), np.float32)
        self._weight = 0.0
        self.coefficients = [0.0] * terms

    def learn(self, terms: list[float], target: float, weight: float) -> None:
        """Learn what followed from some terms."""
        row = np.array([*terms, target], np.float32)
        self._products *= np.float32(self._keep)
        self._products += np.float32(weight) * np.multiply.outer(row, row)
        self._weight = self._weight * self._keep + weight
        self._solve()

    def _solve(self) -> None:
        products = self._products.astype(np.float64)
        variance = products[-1, -1] / self._weight
        matrix = products[:-1, :-1]
        diagonal = products.ravel()[: -len(products) : len(products) + 1]
        diagonal += self._ridges * np.maximum(diagonal / self._weight, variance) + MIN_RIDGE
        bound = self._bound
        solved: list[float] = np.linalg.solve(matrix, products[:-1, -1]).tolist()
        self.coefficients = [min(max(each, -bound), bound) for each in solved]

    def write(self, writer: StateWriter) -> None:
        """Write the state."""
        writer.numbers(self._weight)
        writer.singles(self._products[self._triangle].tolist())

    def read(self, reader: StateReader) -> None:
        """Read the state."""
        (self._weight,) = reader.numbers(1)
        self._products[self._triangle] = reader.singles()
        self._products.T[self._triangle] = self._products[self._triangle]
        if self._weight:
            self._solve()

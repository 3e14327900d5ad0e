"""The HalfSpaceTrees of river, as something to compare with."""

from collections.abc import Iterator, Sequence
from typing import Any

from river import anomaly, preprocessing

from limits.model import Reading

WINDOW = 250


def half_space_trees(readings: Sequence[Reading]) -> Iterator[float]:
    """Yield the score of the temperature and its change, each scaled to 0 … 1; 0 for the first window."""
    scale: Any = preprocessing.MinMaxScaler()
    trees: Any = anomaly.HalfSpaceTrees(n_trees=25, height=8, window_size=WINDOW, seed=42)
    before = readings[0].temperature if readings else 0.0
    for row, reading in enumerate(readings):
        features = {"temperature": reading.temperature, "change": reading.temperature - before}
        before = reading.temperature
        scale.learn_one(features)
        scaled = scale.transform_one(features)
        yield float(trees.score_one(scaled)) if row >= WINDOW else 0.0
        trees.learn_one(scaled)

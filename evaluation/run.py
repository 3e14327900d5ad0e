"""The context of a section: the plan, the parameters, and the thresholds of the baselines."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from rich.progress import Progress

from evaluation.baselines import Scores, constant_band, rolling_day
from evaluation.plan import Plan
from evaluation.trees import half_space_trees

Item = TypeVar("Item")
BASELINES: dict[str, Scores] = {
    "constant band": constant_band,
    "rolling z-score over a day": rolling_day,
    "HalfSpaceTrees": half_space_trees,
}


@dataclass
class Run:
    """A run of the evaluation."""

    plan: Plan
    progress: Progress
    _thresholds: dict[str, float] = field(default_factory=dict)

    def track(self, items: Iterable[Item], description: str, total: int) -> Iterator[Item]:
        """Yield the items and show how many of them are done."""
        task = self.progress.add_task(description, total=total)
        for item in items:
            yield item
            self.progress.advance(task)

    def threshold(self, baseline: str, calibrate: Callable[[Scores], float]) -> float:
        """Return the threshold of a baseline; it is calibrated once per run."""
        if baseline not in self._thresholds:
            self._thresholds[baseline] = calibrate(BASELINES[baseline])
        return self._thresholds[baseline]

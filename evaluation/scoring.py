"""The score of alarms on a labelled file, next to those of random alarms and of the baselines."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation import nab
from evaluation.baselines import random_alarms, score_all, threshold_for
from evaluation.clean import threshold
from evaluation.matching import match
from evaluation.results import Rows
from evaluation.run import BASELINES, Run
from evaluation.series import Series
from evaluation.statistics import percentile

HEADINGS = [
    "", "NAB score", "windows found", "alarms", "false alarms per sensor and day",
    "95th percentile of random", "random, median",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The score of some alarms, and those of as many random alarms."""

    score: nab.Score
    alarms: int
    false_per_day: float
    random: Sequence[float]

    @property
    def percentile(self) -> float:
        """The score that 95 % of the random alarms do not exceed."""
        return percentile(list(self.random), 95)

    def row(self, name: str) -> list[str]:
        """Return the row of a table with `HEADINGS`."""
        return [
            name,
            f"{self.score.normalised:.1f}",
            f"{self.score.found} of {self.score.windows}",
            str(self.alarms),
            f"{self.false_per_day:.3f}",
            f"{self.percentile:.1f}",
            f"{percentile(list(self.random), 50):.1f}",
        ]


def compare(series: Series, alarms: Sequence[float], seeds: int) -> Compared:
    """Score alarms, and as many random alarms after the probation, once per seed."""
    start = nab.probation(len(series.readings))
    begins_at = series.readings[start].measured_at
    scored = [at for at in alarms if at >= begins_at]
    return Compared(
        score=nab.score(series, scored),
        alarms=len(scored),
        false_per_day=match(series, scored).per_day,
        random=random_scores(series, len(scored), seeds),
    )


def random_scores(series: Series, alarms: int, seeds: int) -> list[float]:
    """Return the scores of so many random alarms, one per seed."""
    start = nab.probation(len(series.readings))
    return [nab.score(series, random_alarms(series, alarms, seed, start)).normalised for seed in range(seeds)]


def baseline_rows(run: Run, series: Series, alarms: int) -> Rows:
    """Return a row per baseline at its own threshold, and one at as many alarms as the analysis raised."""
    start = nab.probation(len(series.readings))
    rows = []
    for name, scores in BASELINES.items():
        (scored,) = score_all(scores, [series])
        for title, level in (
            (f"{name}, threshold of clean signals", threshold(run, name)),
            (f"{name}, as many alarms", threshold_for(scored, alarms, start)),
        ):
            rows.append(compare(series, scored.alarms(level), run.plan.random_seeds).row(title))
    return rows

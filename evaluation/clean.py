"""The thresholds of the baselines: as many alarms on clean signals as the analysis is permitted."""

from evaluation.baselines import Scores, calibrate, score_all
from evaluation.plan import FALSE_ALARMS_PER_DAY
from evaluation.run import Run
from evaluation.series import Series
from evaluation.simulation import Signal, simulate
from evaluation.trials import INTERVALS

DAYS = {"1 h": 60.0, "5 min": 20.0, "1 min": 7.0}
# Thresholds are calibrated on other signals than those on which anything is measured.
SEED = 900_000


def threshold(run: Run, baseline: str) -> float:
    """Return the threshold of a baseline on clean signals of all kinds and intervals together."""

    def calibrated(scores: Scores) -> float:
        series = clean_series(run.plan.seed)
        return calibrate(score_all(scores, series), FALSE_ALARMS_PER_DAY)

    return run.threshold(baseline, calibrated)


def clean_series(seed: int) -> list[Series]:
    """Return a sensor of each kind of signal and interval."""
    return [
        Series(
            name=f"{signal}, {name}",
            readings=simulate(signal, interval=interval, days=DAYS[name], seed=SEED + seed),
        )
        for signal in Signal
        for name, interval in INTERVALS.items()
    ]

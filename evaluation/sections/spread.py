"""What other settings would have scored that are as good on the simulation as the shipped settings."""

from typing import NamedTuple

from analysis.parameters import Parameters
from evaluation import series
from evaluation.injection import Injection
from evaluation.matching import Match, match, total
from evaluation.replay import analyse, times
from evaluation.results import Section
from evaluation.run import Run
from evaluation.scoring import compare, random_scores
from evaluation.simulation import Signal
from evaluation.statistics import percentile
from evaluation.trials import INTERVALS, measure_false_alarms, measure_recall
from evaluation.variation import MAX_FACTOR, MIN_FACTOR, vary

RECALL_INTERVAL = "1 h"
CHECKED = (Injection.SPIKE, Injection.LEVEL_SHIFT, Injection.STUCK, Injection.DROPOUT)
SENSORS, DAYS = {"1 h": 8, "5 min": 2}, {"1 h": 30.0, "5 min": 10.0}
TOLERANCE = 0.02
MIN_RECALL, RATES = 0.95, (0.05, 0.15)
HEADINGS = [
    "", "lowest recall of a kind", "false alarms per sensor and day", "NAB score", "windows", "alarms",
    "events of motes", "false alarms on motes per sensor and day", "per 1,000",
]  # fmt: skip


class Simulated(NamedTuple):
    """How good some settings are on the simulation."""

    recall: float
    """Of the kind with the lowest one."""
    rate: float
    """False alarms per sensor and day."""


class Recorded(NamedTuple):
    """What some settings score on the recorded data."""

    score: float
    windows: int
    alarms: int
    motes: Match


def measure(run: Run) -> Section:
    """Vary the settings, keep those that pass the simulation, and only then score them."""
    section = Section()
    shipped = Parameters()
    standard = simulate_settings(shipped, run)
    passing: list[tuple[int, Simulated, Parameters]] = []
    tried = run.plan.settings
    for seed in run.track(range(1, tried + 1), "other settings", tried):
        parameters = vary(shipped, seed)
        found = simulate_settings(parameters, run)
        if passes(found, standard):
            passing.append((seed, found, parameters))
    ours = _record(shipped)
    rows = [HEADINGS, _row("**shipped**", standard, ours)]
    others = []
    for seed, found, parameters in passing:
        recorded = _record(parameters)
        others.append(recorded)
        rows.append(_row(f"variation {seed}", found, recorded))
    section.add_table("Settings that pass the simulation", rows)
    scores = [each.score for each in others]
    section.figures = {"passing": len(passing), "tried": tried}
    section.curves = {
        "scores": scores,
        "shipped": ours.score,
        "random": random_scores(series.office(), ours.alarms, run.plan.random_seeds),
    }
    section.notes = _notes(ours, scores, tried)
    return section


def passes(found: Simulated, standard: Simulated) -> bool:
    """Return whether settings are within the bounds of the simulation, or as good as the shipped settings."""
    recalls = found.recall >= min(MIN_RECALL, standard.recall - TOLERANCE)
    low, high = min(RATES[0], standard.rate - TOLERANCE), max(RATES[1], standard.rate + TOLERANCE)
    return recalls and low <= found.rate <= high


def simulate_settings(parameters: Parameters, run: Run) -> Simulated:
    """Return how good settings are on the simulation."""
    found: dict[Injection, list[int]] = {injection: [0, 0] for injection in CHECKED}
    alarms, days = 0, 0.0
    for signal in Signal:
        recalls = measure_recall(
            signal,
            INTERVALS[RECALL_INTERVAL],
            CHECKED,
            trials=run.plan.settings_trials,
            seed=run.plan.seed,
            parameters=parameters,
        )
        for injection, recall in recalls.items():
            found[injection][0] += recall.found
            found[injection][1] += recall.trials
        for name, sensors in SENSORS.items():
            clean = measure_false_alarms(
                signal,
                INTERVALS[name],
                sensors=sensors,
                days=DAYS[name],
                seed=run.plan.seed,
                parameters=parameters,
            )
            alarms += clean.alarms
            days += clean.days
    return Simulated(min(hits / trials for hits, trials in found.values()), alarms / days)


def _record(parameters: Parameters) -> Recorded:
    office = series.office()
    compared = compare(office, times(analyse(office, parameters)), 1)
    motes = total([match(each, times(analyse(each, parameters))) for each in series.motes()])
    return Recorded(compared.score.normalised, compared.score.found, compared.alarms, motes)


def _row(title: str, found: Simulated, recorded: Recorded) -> list[str]:
    motes = recorded.motes
    return [
        title,
        f"{found.recall:.3f}",
        f"{found.rate:.3f}",
        f"{recorded.score:.1f}",
        f"{recorded.windows} of 2",
        str(recorded.alarms),
        f"{motes.found} of {len(motes.delays)}",
        f"{motes.per_day:.2f}",
        f"{motes.per_thousand:.2f}",
    ]


def _notes(ours: Recorded, scores: list[float], tried: int) -> list[str]:
    notes = [
        (
            f"{tried} variations were tried: every number of the settings times a factor of its own between "
            f"{MIN_FACTOR} and {MAX_FACTOR}. {len(scores)} pass: the lowest recall of spike, level shift, "
            f"stuck and dropout is at least {MIN_RECALL} and the rate of false alarms {RATES[0]} to "
            f"{RATES[1]}, or both are within {TOLERANCE} of the shipped settings'. Recall is that at one "
            "reading per hour, false alarms those at one per hour and per 5 minutes."
        )
    ]
    if scores:
        below = sum(score < ours.score for score in scores)
        notes.append(
            f"NAB scores of those that pass: {min(scores):.1f} to {max(scores):.1f}, median "
            f"{percentile(scores, 50):.1f}; shipped {ours.score:.1f}, above {below} of {len(scores)}. Two "
            "windows are mostly luck: a difference within this range says nothing about the settings."
        )
    return notes

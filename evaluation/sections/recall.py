"""Recall of injected anomalies, of the analysis and of simple methods."""

import math
from collections import defaultdict
from random import Random

from evaluation.clean import threshold
from evaluation.injection import Injection, difference_deviation, inject, length, weekly_deviation
from evaluation.plan import FALSE_ALARMS_PER_DAY
from evaluation.results import Section
from evaluation.run import BASELINES, Run
from evaluation.series import DAY_SECONDS, Series
from evaluation.simulation import Signal, simulate
from evaluation.statistics import wilson
from evaluation.trees import half_space_trees
from evaluation.trials import (
    HISTORY_DAYS,
    INTERVALS,
    MAX_DELAY,
    SHORT_INJECTIONS,
    Recall,
    measure_recall,
)

BASELINE = next(iter(BASELINES))
TREES_HISTORY = 1_500
COMBINATIONS = [(signal, name) for signal in Signal for name in INTERVALS]
Counts = dict[Injection, tuple[int, int]]
"""Found, and trials."""
FIGURES = {
    Injection.SPIKE: "spike",
    Injection.HALF_SPIKE: "half-size spike",
    Injection.STUCK: "stuck",
    Injection.DROPOUT: "dropout",
    Injection.LEVEL_SHIFT: "level-shift",
}


def measure(run: Run) -> Section:
    """Inject each kind into each kind of signal at each interval."""
    section = Section()
    cells: dict[tuple[Signal, str], dict[Injection, Recall]] = {}
    for signal, name in run.track(COMBINATIONS, "recall", len(COMBINATIONS)):
        cells[signal, name] = measure_recall(
            signal,
            INTERVALS[name],
            SHORT_INJECTIONS,
            trials=run.plan.trials_of(name, len(Signal)),
            seed=run.plan.seed,
        )
    ours = _sum(list(cells.values()))
    methods: dict[str, Counts] = {"the analysis": ours, **_baselines(run)}
    heading = ["", *(str(injection) for injection in SHORT_INJECTIONS)]
    rows = [
        [f"**{name}**" if name == "the analysis" else name, *_shares(counts)]
        for name, counts in methods.items()
    ]
    section.add_table("Found, all signals and intervals", [heading, *rows, ["random", *_random()]])
    section.add_table("The analysis, by kind of signal and interval", [heading, *_by_cell(cells)])
    section.figures = {FIGURES[key]: found / trials for key, (found, trials) in ours.items()}
    section.curves = {
        "kinds": [str(injection) for injection in SHORT_INJECTIONS],
        "methods": {
            name: [[found / trials, *wilson(found, trials)] for found, trials in counts.values()]
            for name, counts in methods.items()
        },
    }
    section.notes = _notes(ours, cells, max(trials for _, trials in methods[BASELINE].values()))
    return section


def _sum(cells: list[dict[Injection, Recall]]) -> Counts:
    return {
        injection: (
            sum(cell[injection].found for cell in cells),
            sum(cell[injection].trials for cell in cells),
        )
        for injection in SHORT_INJECTIONS
    }


def _shares(counts: Counts) -> list[str]:
    cells = []
    for found, trials in counts.values():
        low, high = wilson(found, trials)
        cells.append(f"{found / trials:.3f} ({low:.2f} to {high:.2f})")
    return cells


def _by_cell(cells: dict[tuple[Signal, str], dict[Injection, Recall]]) -> list[list[str]]:
    return [
        [f"{signal}, {name}", *(f"{recall.share:.2f}" for recall in recalls.values())]
        for (signal, name), recalls in cells.items()
    ]


def _notes(
    ours: Counts, cells: dict[tuple[Signal, str], dict[Injection, Recall]], baselines: int
) -> list[str]:
    delays: dict[Injection, list[int]] = defaultdict(list)
    for recalls in cells.values():
        for injection, recall in recalls.items():
            delays[injection] += recall.delays
    slowest = ", ".join(
        f"{injection} {sorted(found)[int(0.95 * (len(found) - 1))]}"
        for injection, found in delays.items()
        if found
    )
    trials = ", ".join(f"{number} of {injection}" for injection, (_, number) in ours.items())
    return [
        f"Trials: {trials}; of the simple methods {baselines} of each.",
        f"Readings until it is found, 95th percentile, the first one included: {slowest}.",
    ]


def _baselines(run: Run) -> dict[str, Counts]:
    """Return what each baseline finds, in fewer trials."""
    counts: dict[str, dict[Injection, list[bool]]] = {name: defaultdict(list) for name in BASELINES}
    each = math.ceil(run.plan.baseline_trials / len(COMBINATIONS))
    trials = [(*combination, number) for combination in COMBINATIONS for number in range(each)]
    for signal, name, number in run.track(trials, "recall of simple methods", len(trials)):
        for injection, series in _injected(signal, INTERVALS[name], run.plan.seed * 1000 + 500 + number):
            start = len(series.readings) - length(injection, INTERVALS[name])
            limit = start + MAX_DELAY.get(injection, len(series.readings))
            for baseline, scores in BASELINES.items():
                # Of river's trees only the last readings, because they need 0.1 ms for each.
                first = max(0, start - TREES_HISTORY) if scores is half_space_trees else 0
                found = list(scores(series.readings[first:limit]))[start - first :]
                counts[baseline][injection].append(max(found) > threshold(run, baseline))
    return {
        name: {injection: (sum(found), len(found)) for injection, found in of.items()}
        for name, of in counts.items()
    }


def _injected(signal: Signal, interval: float, seed: int) -> list[tuple[Injection, Series]]:
    """Return a history that ends in an anomaly, for each kind."""
    random = Random(seed)  # noqa: S311 (a simulation)
    history = HISTORY_DAYS[interval]
    longest = max(length(injection, interval) for injection in SHORT_INJECTIONS)
    days = history + 1.0 + longest * interval / DAY_SECONDS + 1.0
    clean = simulate(signal, interval=interval, days=days, seed=seed)
    sigma, weekly = difference_deviation(clean), weekly_deviation(clean)
    first = int(history * DAY_SECONDS / interval * 0.95)
    start = random.randrange(first, max(first + 1, len(clean) - longest))
    found: list[tuple[Injection, Series]] = []
    for injection in SHORT_INJECTIONS:
        after = clean[start : start + length(injection, interval)]
        changed = inject(injection, after, random, sigma=sigma, weekly=weekly)
        found.append((injection, Series(name=str(signal), readings=[*clean[:start], *changed])))
    return found


def _random() -> list[str]:
    """Return the probability that one of 0.1 random alarms per day is within the time."""
    cells = []
    for injection in SHORT_INJECTIONS:
        shares = []
        for interval in INTERVALS.values():
            readings = MAX_DELAY.get(injection, length(injection, interval))
            shares.append(1 - math.exp(-FALSE_ALARMS_PER_DAY * readings * interval / DAY_SECONDS))
        cells.append(f"{sum(shares) / len(shares):.3f}")
    return cells

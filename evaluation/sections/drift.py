"""Recall of drift, of a sensor alone and with neighbours."""

import math

from evaluation.groups import GroupTrials, measure_group_drift
from evaluation.injection import Injection
from evaluation.results import Section
from evaluation.run import Run
from evaluation.simulation import Signal
from evaluation.statistics import poisson, wilson
from evaluation.trials import INTERVALS, Recall, measure_recall


def measure(run: Run) -> Section:
    """Inject drift into each kind of signal at each interval, and into a sensor of a location."""
    section = Section()
    alone: list[Recall] = []
    groups: list[GroupTrials] = []
    rows = [["", *INTERVALS, "with neighbours", "another sensor accused", "false alarms per sensor and day"]]
    for signal in run.track(Signal, "drift", len(Signal)):
        recalls = [_alone(run, signal, name) for name in INTERVALS]
        group = measure_group_drift(
            signal, trials=math.ceil(run.plan.group_trials / len(Signal)), seed=run.plan.seed
        )
        alone += recalls
        groups.append(group)
        rows.append([str(signal), *(f"{recall.share:.2f}" for recall in recalls), *_group(group)])
    section.add_table("Drift that was found: a sensor alone, and with neighbours", rows)
    found, trials = sum(each.found for each in alone), sum(each.trials for each in alone)
    in_groups, group_trials = sum(each.found for each in groups), sum(each.trials for each in groups)
    section.figures = {"alone": found / trials, "neighbours": in_groups / group_trials}
    alarms, days = sum(each.clean_alarms for each in groups), sum(each.clean_days for each in groups)
    low, high = (bound / days for bound in poisson(alarms))
    section.figures["group false alarms"] = alarms / days
    section.notes = [
        f"Alone: {_share(found, trials)}.",
        f"With neighbours: {_share(in_groups, group_trials)}.",
        (
            "False alarms of drift against neighbours, in the clean history of three weeks: "
            f"{alarms / days:.3f} per sensor and day ({low:.3f} to {high:.3f}), in addition to the others."
        ),
    ]
    return section


def _alone(run: Run, signal: Signal, interval: str) -> Recall:
    trials = run.plan.trials_of(interval, len(Signal))
    found = measure_recall(signal, INTERVALS[interval], (Injection.DRIFT,), trials=trials, seed=run.plan.seed)
    return found[Injection.DRIFT]


def _group(group: GroupTrials) -> list[str]:
    return [
        f"{group.found / group.trials:.2f}",
        f"{group.accused} of {group.trials}",
        f"{group.clean_alarms / group.clean_days:.3f}",
    ]


def _share(found: int, trials: int) -> str:
    low, high = wilson(found, trials)
    return f"{found} of {trials}, {found / trials:.3f} ({low:.2f} to {high:.2f})"

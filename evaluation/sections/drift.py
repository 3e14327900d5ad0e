"""Recall of drift, of a sensor alone and with neighbours."""

from evaluation.injection import Injection
from evaluation.results import Section
from evaluation.run import Run
from evaluation.simulation import Signal
from evaluation.statistics import wilson
from evaluation.trials import INTERVALS, measure_recall


def measure(run: Run) -> Section:
    """Inject drift into each kind of signal at each interval."""
    section = Section()
    found = trials = 0
    rows = [["", *INTERVALS]]
    for signal in run.track(Signal, "drift", len(Signal)):
        cells = []
        for name, interval in INTERVALS.items():
            each = run.plan.trials_of(name, len(Signal))
            recall = measure_recall(signal, interval, (Injection.DRIFT,), trials=each, seed=run.plan.seed)[
                Injection.DRIFT
            ]
            found += recall.found
            trials += recall.trials
            cells.append(f"{recall.share:.2f}")
        rows.append([str(signal), *cells])
    low, high = wilson(found, trials)
    section.add_table("A sensor alone, found", rows)
    section.figures = {"alone": found / trials}
    section.notes = [f"Alone: {found} of {trials}, {found / trials:.3f} ({low:.2f} to {high:.2f})."]
    return section

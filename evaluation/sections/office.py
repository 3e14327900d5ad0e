"""The office: the score of the Numenta Anomaly Benchmark at the service's own threshold."""

from evaluation.replay import analyse, by_kind, times
from evaluation.results import Section
from evaluation.run import Run
from evaluation.scoring import HEADINGS, baseline_rows, compare
from evaluation.series import Series, office


def measure(run: Run) -> Section:
    """Score the alarms on the office."""
    return score(run, office())


def score(run: Run, series: Series) -> Section:
    """Score the alarms on a labelled file."""
    section = Section()
    found = analyse(series)
    alarms = times(found)
    ours = compare(series, alarms, run.plan.random_seeds)
    section.add_table(
        "NAB score, standard profile",
        [HEADINGS, ours.row("**the analysis**"), *baseline_rows(run, series, ours.alarms)],
    )
    section.figures = {
        "score": ours.score.normalised,
        "random": ours.percentile,
        "margin": ours.score.normalised - ours.percentile,
        "alarms": ours.alarms,
        "false per day": ours.false_per_day,
    }
    section.curves["alarms"] = [[anomaly.detected_at, anomaly.kind] for anomaly in found]
    section.notes = [
        f"Detected in the whole file, probation included: {by_kind(found)}.",
        f"Random is drawn with {run.plan.random_seeds} seeds, as many alarms as the row has.",
    ]
    return section

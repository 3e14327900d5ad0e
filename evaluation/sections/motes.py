"""The motes: which events are found, and how many alarms are false."""

from evaluation import series
from evaluation.baselines import random_alarms, score_all
from evaluation.clean import threshold
from evaluation.matching import HEADINGS, Match, match, total
from evaluation.replay import analyse, by_kind, times
from evaluation.results import Section
from evaluation.run import BASELINES, Run
from evaluation.series import Series
from evaluation.statistics import percentile


def measure(run: Run) -> Section:
    """Compare the alarms of all motes with their events."""
    section = Section()
    motes = series.motes()
    found = {each.name: analyse(each) for each in run.track(motes, "motes", len(motes))}
    matches = [match(each, times(found[each.name])) for each in motes]
    ours = total(matches)
    rows = [HEADINGS, ours.row("**the analysis**")]
    alarms = [len(times(found[each.name])) for each in motes]
    rows.append(_random(motes, alarms, run.plan.random_seeds))
    for name, scores in BASELINES.items():
        level = threshold(run, name)
        scored = [each.alarms(level) for each in score_all(scores, motes)]
        rows.append(total([match(*pair) for pair in zip(motes, scored, strict=True)]).row(name))
    section.add_table("All four motes", rows)
    section.add_table("Each mote, the analysis", [HEADINGS, *_each(motes, matches)])
    section.figures = {"found": ours.found, "per 1000": ours.per_thousand, "per day": ours.per_day}
    if ours.max_delay is not None:
        section.figures["delay"] = ours.max_delay
    section.curves["alarms"] = {
        name: [[anomaly.detected_at, anomaly.kind] for anomaly in anomalies]
        for name, anomalies in found.items()
    }
    section.notes = [f"{name}: {by_kind(anomalies)}." for name, anomalies in found.items()]
    return section


def _each(motes: list[Series], matches: list[Match]) -> list[list[str]]:
    return [found.row(each.name) for each, found in zip(motes, matches, strict=True)]


def _random(motes: list[Series], alarms: list[int], seeds: int) -> list[str]:
    """Return the row of alarms at random times: as many on each mote, the mean of all seeds."""
    runs = [
        total(
            [
                match(each, random_alarms(each, number, seed))
                for each, number in zip(motes, alarms, strict=True)
            ]
        )
        for seed in range(seeds)
    ]
    count = len(runs)
    found = [float(each.found) for each in runs]
    return [
        f"random, mean of {count} seeds",
        f"{sum(found) / count:.2f} of {len(runs[0].delays)} (95th percentile {percentile(found, 95):.0f})",
        "",
        f"{sum(each.false_alarms for each in runs) / count:.1f}",
        f"{sum(each.per_thousand for each in runs) / count:.2f}",
        f"{sum(each.per_day for each in runs) / count:.2f}",
    ]

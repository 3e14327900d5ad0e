"""Alarms on clean signals."""

from collections.abc import Mapping
from typing import NamedTuple

from evaluation.baselines import score_all
from evaluation.clean import clean_series, threshold
from evaluation.results import Section
from evaluation.run import BASELINES, Run
from evaluation.simulation import Signal
from evaluation.statistics import poisson
from evaluation.trials import INTERVALS, measure_false_alarms

FIRST_DAY = "first day"
RATES = (0.05, 0.15)
HEADINGS = ["", *INTERVALS, "all intervals (95 %)", f"{FIRST_DAY} (95 %)"]


class _Count(NamedTuple):
    alarms: int
    days: float

    @property
    def rate(self) -> float:
        return self.alarms / self.days

    def __str__(self) -> str:
        low, high = (bound / self.days for bound in poisson(self.alarms))
        return f"{self.rate:.3f} ({low:.3f} to {high:.3f})"


def measure(run: Run) -> Section:
    """Count the alarms of each kind of signal at each interval, and on the first day of more sensors."""
    section = Section()
    plan = run.plan
    combinations = [(signal, name) for signal in Signal for name in INTERVALS]
    long: dict[tuple[Signal, str], _Count] = {}
    first: dict[tuple[Signal, str], _Count] = {}
    for signal, name in run.track(combinations, "false alarms", len(combinations)):
        for counts, sensors, days, seed in (
            (long, plan.sensors, plan.days[name], plan.seed),
            (first, plan.first_day_sensors, 1.0, plan.seed + 100),
        ):
            found = measure_false_alarms(signal, INTERVALS[name], sensors=sensors, days=days, seed=seed)
            counts[signal, name] = _Count(found.alarms, found.days)
    rows = [HEADINGS]
    totals, starts = {}, {}
    for signal in Signal:
        cells = [long[signal, name] for name in INTERVALS]
        totals[signal] = _sum(cells)
        starts[signal] = _sum([first[signal, name] for name in INTERVALS])
        rates = [f"{cell.rate:.3f}" for cell in cells]
        rows.append([str(signal), *rates, str(totals[signal]), str(starts[signal])])
    rows.append(_total_row(list(long.values()), list(totals.values()), list(starts.values()), len(INTERVALS)))
    section.add_table("False alarms per sensor and day, the analysis", rows)
    section.add_table("The simple methods at the threshold that is used on this page", _baseline_rows(run))
    section.figures = {
        "lowest": min(count.rate for count in totals.values()),
        "highest": max(count.rate for count in totals.values()),
        FIRST_DAY: max(count.rate for count in starts.values()),
        "all": _sum(list(totals.values())).rate,
    }
    size = ", ".join(f"{plan.sensors} sensors for {days:g} days ({name})" for name, days in plan.days.items())
    section.notes = [
        f"Each cell has {size}; the first day has {plan.first_day_sensors} sensors per interval."
    ]
    by_interval = {name: _sum([long[signal, name] for signal in Signal]).rate for name in INTERVALS}
    section.notes += outside(by_interval)
    return section


def outside(rates: Mapping[str, float]) -> list[str]:
    """Return a note on the intervals with other rates than the targets require of a kind of signal."""
    low, high = RATES
    named = [
        f"{rate:.3f} at one reading per {name}" for name, rate in rates.items() if not low <= rate <= high
    ]
    if not named:
        return []
    return [f"All kinds together are outside {low} to {high} at some intervals: {', '.join(named)}."]


def _sum(counts: list[_Count]) -> _Count:
    return _Count(sum(count.alarms for count in counts), sum(count.days for count in counts))


def _total_row(cells: list[_Count], totals: list[_Count], starts: list[_Count], columns: int) -> list[str]:
    by_interval = [_sum(cells[column::columns]) for column in range(columns)]
    rates = [f"{count.rate:.3f}" for count in by_interval]
    return ["**all**", *rates, str(_sum(totals)), str(_sum(starts))]


def _baseline_rows(run: Run) -> list[list[str]]:
    rows = [["", *INTERVALS, "all intervals"]]
    series = clean_series(run.plan.seed + 1)  # other signals than those of the threshold
    for name, scores in BASELINES.items():
        level = threshold(run, name)
        cells = [_Count(len(each.alarms(level)), each.series.days) for each in score_all(scores, series)]
        by_interval = [_sum(cells[column :: len(INTERVALS)]) for column in range(len(INTERVALS))]
        rates = [f"{count.rate:.3f}" for count in by_interval]
        rows.append([name, *rates, str(_sum(cells))])
    return rows

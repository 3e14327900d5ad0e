"""Measure how good the analysis is: `python -m evaluation [--quick] [--sections office,motes]`."""

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analysis.forecast_parameters import ForecastParameters
from analysis.neighbours.parameters import NeighbourParameters
from analysis.parameters import Parameters
from evaluation import charts, nab, report, results
from evaluation.plan import (
    DRIFT,
    FALSE_ALARMS,
    FORECASTS,
    FULL,
    MOTES,
    OFFICE,
    QUICK,
    RECALL,
    ROOT,
    SECTIONS,
    SERVICE,
    SPREAD,
    WORK,
    Plan,
)
from evaluation.results import Results, Section
from evaluation.run import Run
from evaluation.sections import drift, false_alarms, file, forecasts, motes, office, recall, service, spread
from evaluation.series import labelled_file

MEASURES: dict[str, Callable[[Run], Section]] = {
    RECALL: recall.measure,
    DRIFT: drift.measure,
    FALSE_ALARMS: false_alarms.measure,
    FORECASTS: forecasts.measure,
    MOTES: motes.measure,
    OFFICE: office.measure,
    SPREAD: spread.measure,
    SERVICE: service.measure,
}
PAGE, DATA = "evaluation.md", "results.json"
USAGE = 64


def main() -> int:
    """Run the evaluation and write the report; return 0 whatever the figures are."""
    options = _options()
    plan = _plan(options)
    console = Console()
    try:
        measures = _measures(options, plan)
        # Other sections keep what was measured of them before.
        kept = results.read(options.out / charts.FOLDER / DATA)
    except (OSError, ValueError) as error:
        console.print(str(error), markup=False)
        return USAGE
    if options.render:
        write(kept, options.out)
    with _progress(console) as progress:
        run = Run(plan=plan, progress=progress)
        for name, measure in measures.items():
            started_at = time.monotonic()
            section = measure(run)
            section.conditions = _conditions(plan, time.monotonic() - started_at)
            kept[name] = section
            # After every section, so that an interrupted run keeps its results.
            write(kept, options.out)
    if report.has_targets(kept):
        console.print(report.verdict(kept), markup=False)
    console.print(f"Written: {options.out / PAGE}", markup=False)
    return 0


def write(kept: Results, out: Path) -> None:
    """Write the page, the charts and the figures into a directory."""
    folder = out / charts.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    results.write(kept, folder / DATA)
    charts.draw(kept, folder)
    (out / PAGE).write_text(page(kept), encoding="utf-8")


def page(kept: Results) -> str:
    """Return the page of these results."""
    return report.render(kept, charts.paths(kept))


def _measures(options: argparse.Namespace, plan: Plan) -> dict[str, Callable[[Run], Section]]:
    """Return what to measure: the selected sections, a labelled file, or nothing.

    Raises:
        ValueError: When the file or its windows cannot be evaluated.
    """
    if options.render:
        return {}
    if not options.file:
        return {name: MEASURES[name] for name in plan.sections}
    series = labelled_file(options.file, options.windows)
    nab.require_scored(series)
    return {series.name: lambda run: file.measure(run, series)}


def _progress(console: Console) -> Progress:
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=console,
    )


def _conditions(plan: Plan, seconds: float) -> str:
    form = "" if plan.trials == FULL.trials else f", only {plan.trials} trials per kind"
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, settings {_fingerprint()}, seed {plan.seed}{form}, "
        f"{seconds:.0f} s on one of {os.cpu_count()} cores"
    )


def _fingerprint() -> str:
    """Return what differs if any setting differs."""
    settings = f"{Parameters()} {ForecastParameters()} {NeighbourParameters()}"
    return hashlib.sha256(settings.encode()).hexdigest()[:8]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer trials, about a minute")
    parser.add_argument("--sections", type=_sections, help=f"sections to run: {','.join(SECTIONS)}")
    parser.add_argument(
        "--render", action="store_true", help="measure nothing; write the page and charts again"
    )
    parser.add_argument("--trials", type=_positive, help=f"trials per kind of anomaly; default {FULL.trials}")
    parser.add_argument("--seed", type=int, help=f"seed of the simulated signals; default {FULL.seed}")
    parser.add_argument("--file", type=Path, help="evaluate this CSV of timestamp,value instead")
    parser.add_argument("--windows", type=Path, help="JSON list of [start, end] of its anomalies")
    parser.add_argument(
        "--out",
        type=Path,
        help="directory of the report; default docs/, and .evaluation/ with --quick, --trials or --file",
    )
    options = parser.parse_args()
    if bool(options.file) != bool(options.windows):
        parser.error("--file and --windows belong together: name both")
    if options.file and options.sections:
        parser.error("--file is a report of its own: do not name --sections with it")
    if options.render and (options.sections or options.trials or options.seed is not None or options.file):
        parser.error("--render measures nothing: leave out --sections, --trials, --seed and --file")
    partial = options.quick or options.trials or options.file
    options.out = options.out or (WORK if partial else ROOT / "docs")
    return options


def _plan(options: argparse.Namespace) -> Plan:
    plan = QUICK if options.quick else FULL
    selected = {name: getattr(options, name) for name in ("sections", "trials", "seed")}
    return replace(plan, **{name: value for name, value in selected.items() if value is not None})


def _sections(text: str) -> tuple[str, ...]:
    names = frozenset(text.split(","))
    if unknown := names - set(SECTIONS):
        raise argparse.ArgumentTypeError(
            f"unknown section: {', '.join(sorted(unknown))}: select from {', '.join(SECTIONS)}"
        )
    return tuple(section for section in SECTIONS if section in names)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

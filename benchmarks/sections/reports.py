"""What reports cost: the figures of many readings, and the report as each kind of file."""

import json
import subprocess
import sys
from functools import partial

from benchmarks.bench import Bench
from benchmarks.environment import ROOT
from benchmarks.plan import REPORTS

MAX_ROUNDS = 3
FILES = {
    "pdf": "a report of {readings:,} readings as PDF",
    "xlsx": "a report of {readings:,} readings as XLSX",
    "bare-xlsx": "the cells of {readings:,} readings with XlsxWriter alone",
    "csv": "a report of {readings:,} readings as CSV",
    "json": "a report of {readings:,} readings as JSON",
}


def measure(bench: Bench) -> None:
    """Measure each in a process of its own."""
    samples, readings = bench.plan.report_samples, bench.plan.report_readings
    runs = {"figures": partial(_measure, bench, "figures", samples, f"the figures of {samples:,} readings")}
    for kind, title in FILES.items():
        runs[kind] = partial(_measure, bench, kind, readings, title.format(readings=readings))
    bench.run_rounds(REPORTS, runs, MAX_ROUNDS)
    bench.results.order_keys(REPORTS, [*runs, *(f"{kind}/memory" for kind in runs)])


def _measure(bench: Bench, kind: str, readings: int, title: str) -> None:
    command = (sys.executable, "-m", "benchmarks.report_costs", kind, "--readings", str(readings))
    cost = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    bench.results.add(REPORTS, f"{kind}/readings", readings, f"{title}: readings")
    bench.results.add(REPORTS, kind, cost["seconds"], f"{title}: seconds of a core")
    bench.results.add(REPORTS, f"{kind}/memory", cost["megabytes"], f"{title}: peak of memory, MB")

"""The cost of the last-hour summary at several sizes, measured by benchmarks.summary."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr

from benchmarks import summary
from benchmarks.bench import Bench
from benchmarks.plan import SUMMARY

MANY_SENSORS = 1_000
FEW_SENSORS = 3
SECONDS_PER_HOUR = 3_600
SCANS = 3


def measure(bench: Bench) -> None:
    """Measure three sensors; a tenth of the readings, with and without older readings; and all of them."""
    many, url = bench.plan.summary_readings, bench.database.url
    task = bench.progress.add_task(SUMMARY, total=3)
    _fill(bench, [url], FEW_SENSORS * SECONDS_PER_HOUR, FEW_SENSORS)
    _query(bench, {"three": url})
    bench.progress.advance(task)
    with bench.database.second_database() as other:
        _fill(bench, [url, other], many // 10, MANY_SENSORS, older=many)
        _query(bench, {"tenth": url, "older": other})
    bench.progress.advance(task)
    _fill(bench, [url], many, MANY_SENSORS)
    _query(bench, {"large": url})
    (scan,) = summary.measure([url], summary.PLAIN_SCAN, SCANS)
    bench.results.add(SUMMARY, "large/scan", scan.p50_ms, "the same with a table scan: p50, ms")
    bench.database.truncate_all()
    bench.progress.advance(task)


def _fill(bench: Bench, urls: Sequence[str], within: int, sensors: int, older: int = 0) -> None:
    bench.database.truncate_all()
    with _quiet():
        summary.fill_the_hour(urls, within, sensors, older)


def _query(bench: Bench, urls: dict[str, str]) -> None:
    """Query several databases in turn."""
    costs = summary.measure(list(urls.values()), runs=bench.plan.summary_runs)
    for key, cost in zip(urls, costs, strict=True):
        within = cost.readings_in_the_hour
        older = ", and ten times as many older readings" if key == "older" else ""
        title = f"{within:,} of {cost.sensors:,} sensors in the hour{older}"
        bench.results.add(SUMMARY, f"{key}/readings", within, f"{title}: readings")
        bench.results.add(SUMMARY, f"{key}/p50", cost.p50_ms, f"{title}: p50, ms")
        bench.results.add(SUMMARY, f"{key}/p95", cost.p95_ms, f"{title}: p95, ms")


@contextmanager
def _quiet() -> Iterator[None]:
    """Discard the progress messages, which would interfere with the progress bars."""
    with redirect_stderr(io.StringIO()):
        yield

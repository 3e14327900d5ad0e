"""What the last-hour summary costs at any size, by bench.summary."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr

from benchmarks import summary
from benchmarks.bench import Bench
from benchmarks.plan import SUMMARY

MANY_SENSORS = 1_000
FEW_SENSORS = 3
SECONDS_AN_HOUR = 3_600
SCANS = 3


def measure(bench: Bench) -> None:
    """Three sensors at one a second; a tenth of all readings without and with older ones; all of them."""
    many, url = bench.plan.summary_readings, bench.database.url
    task = bench.progress.add_task(SUMMARY, total=3)
    _fill(bench, [url], FEW_SENSORS * SECONDS_AN_HOUR, FEW_SENSORS)
    _ask(bench, {"three": url})
    bench.progress.advance(task)
    with bench.database.another() as other:
        _fill(bench, [url, other], many // 10, MANY_SENSORS, older=many)
        _ask(bench, {"tenth": url, "older": other})
    bench.progress.advance(task)
    _fill(bench, [url], many, MANY_SENSORS)
    _ask(bench, {"large": url})
    (scan,) = summary.measure([url], summary.PLAIN_SCAN, SCANS)
    bench.results.add(SUMMARY, "large/scan", scan.p50_ms, "the same by a plain scan: p50, ms")
    bench.database.wipe()
    bench.progress.advance(task)


def _fill(bench: Bench, urls: Sequence[str], within: int, sensors: int, older: int = 0) -> None:
    bench.database.wipe()
    with _quiet():
        summary.fill_the_hour(urls, within, sensors, older)


def _ask(bench: Bench, urls: dict[str, str]) -> None:
    """Several are asked in turns."""
    costs = summary.measure(list(urls.values()), runs=bench.plan.summary_runs)
    for key, asked in zip(urls, costs, strict=True):
        within = asked.readings_in_the_hour
        older = ", and ten times as many older ones" if key == "older" else ""
        title = f"{within:,} of {asked.sensors:,} sensors in the hour{older}"
        bench.results.add(SUMMARY, f"{key}/readings", within, f"{title}: readings")
        bench.results.add(SUMMARY, f"{key}/p50", asked.p50_ms, f"{title}: p50, ms")
        bench.results.add(SUMMARY, f"{key}/p95", asked.p95_ms, f"{title}: p95, ms")


@contextmanager
def _quiet() -> Iterator[None]:
    """What it tells of its progress would go between the bars."""
    with redirect_stderr(io.StringIO()):
        yield

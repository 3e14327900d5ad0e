"""The cost of the series of the page with a year of history, measured by benchmarks.series."""

from benchmarks import series
from benchmarks.bench import Bench
from benchmarks.plan import SERIES


def measure(bench: Bench) -> None:
    """Measure the series of ten sensors in every step."""
    plan = bench.plan
    task = bench.progress.add_task(SERIES, total=1)
    bench.database.truncate_all()
    series.fill(bench.database.url, plan.series_sensors, plan.series_days)
    cost = series.measure(bench.database.url, plan.series_sensors, plan.series_runs)
    title = f"{cost.sensors:,} sensors, {plan.series_days} days: ten of them"
    bench.results.add(SERIES, "sensors", cost.sensors, f"{title}: sensors")
    steps = {
        "5 seconds": cost.five_seconds_p95_ms,
        "minute": cost.minute_p95_ms,
        "hour": cost.hour_p95_ms,
        "day": cost.day_p95_ms,
    }
    for step, milliseconds in steps.items():
        bench.results.add(SERIES, f"{step}/p95", milliseconds, f"{title}: by the {step}, p95, ms")
    bench.database.truncate_all()
    bench.progress.advance(task)

"""The cost of `/api/series` with a year of history, measured by benchmarks.series."""

from benchmarks import series
from benchmarks.bench import Bench
from benchmarks.contenders import DASHBOARD
from benchmarks.plan import SERIES
from native.ports import LOOPBACK


def measure(bench: Bench) -> None:
    """Measure the series of ten sensors in every step."""
    plan = bench.plan
    task = bench.progress.add_task(SERIES, total=1)
    bench.database.truncate_all()
    series.fill(bench.database.url, plan.series_sensors, plan.series_days)
    with (
        bench.broker.queue() as queue,
        bench.processes.running("dashboard", DASHBOARD, {"QUEUE_NAME": queue}) as (dashboard,),
    ):
        dashboard.await_ready()
        api = f"http://{LOOPBACK}:{dashboard.http_port}"
        cost = series.measure(api, plan.series_sensors, plan.series_runs)
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

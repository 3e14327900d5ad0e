"""The cost of the sensors' states with a long history, measured by benchmarks.sensor_states."""

from benchmarks import sensor_states
from benchmarks.bench import Bench
from benchmarks.plan import SENSOR_STATES


def measure(bench: Bench) -> None:
    """Measure the states of all sensors, and the query of the status command and the dashboard."""
    plan = bench.plan
    task = bench.progress.add_task(SENSOR_STATES, total=1)
    bench.database.truncate_all()
    sensor_states.fill(bench.database.url, plan.states_sensors, plan.states_days)
    cost = sensor_states.measure(bench.database.url, plan.states_runs)
    title = f"{cost.sensors:,} sensors, {cost.minutes:,} minutes of {plan.states_days} days"
    bench.results.add(SENSOR_STATES, "sensors", cost.sensors, f"{title}: sensors")
    bench.results.add(SENSOR_STATES, "states/p50", cost.states_p50_ms, f"{title}: states, p50, ms")
    bench.results.add(SENSOR_STATES, "states/p95", cost.states_p95_ms, f"{title}: states, p95, ms")
    bench.results.add(
        SENSOR_STATES, "status/p50", cost.status_p50_ms, f"{title}: states and last hour, p50, ms"
    )
    bench.results.add(
        SENSOR_STATES, "status/p95", cost.status_p95_ms, f"{title}: states and last hour, p95, ms"
    )
    bench.database.truncate_all()
    bench.progress.advance(task)

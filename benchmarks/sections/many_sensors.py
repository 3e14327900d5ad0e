"""Many sensors in one process: what they cost, and how many readings the broker confirms."""

import time
from functools import partial
from typing import NamedTuple

from benchmarks.bench import Bench
from benchmarks.contenders import SENSOR
from benchmarks.plan import MANY_SENSORS
from benchmarks.sections.publishing import outbox_variables
from benchmarks.usage import Usage
from messaging.topology import BINDING_KEY

SETTLE_SECONDS = 5.0
SECONDS = 10.0
CONFIRMED = "sensor_readings_confirmed_total"
# A classic queue, which keeps the newest: the broker's log of a quorum queue would be part of the figure.
MAX_QUEUE_LENGTH = 1_000


class Scenario(NamedTuple):
    """A number of sensors that each measure at an interval, in seconds."""

    sensors: int
    interval: float

    @property
    def title(self) -> str:
        """Return it as text."""
        return f"{self.sensors:,} sensors, {self.sensors / self.interval:,.0f} readings per second"


SCENARIOS = {"steady": Scenario(10_000, 10.0), "fast": Scenario(1_000, 0.2)}


def measure(bench: Bench) -> None:
    """Measure the scenarios."""
    runs = {key: partial(_measure, bench, key, scenario) for key, scenario in SCENARIOS.items()}
    bench.run_rounds(MANY_SENSORS, runs)


def _measure(bench: Bench, key: str, scenario: Scenario) -> None:
    variables = {
        "SENSOR_IDS": f"1-{scenario.sensors}",
        "SENSOR_INTERVAL_SECONDS": str(scenario.interval),
        **outbox_variables(bench, f"many-{key}"),
    }
    with (
        bench.broker.queue(binding=BINDING_KEY, classic=True, max_length=MAX_QUEUE_LENGTH),
        bench.processes.running("sensor", SENSOR, variables) as (sensor,),
    ):
        sensor.await_ready()
        time.sleep(SETTLE_SECONDS)
        usage = Usage({key: sensor.pid})
        before, confirmed, started_at = usage.cpu_seconds()[key], sensor.metric(CONFIRMED), time.monotonic()
        time.sleep(SECONDS)
        passed = time.monotonic() - started_at
        found = {
            "confirmed per second": (sensor.metric(CONFIRMED) - confirmed) / passed,
            "% of a core": 100 * (usage.cpu_seconds()[key] - before) / passed,
            "MB": usage.megabytes()[key],
        }
    for measure_name, value in found.items():
        title = f"{scenario.title}: {measure_name}"
        bench.results.add(MANY_SENSORS, f"{key}/{measure_name}", value, title)

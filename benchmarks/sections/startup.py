"""The seconds from the start of a process until it is ready."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.contenders import PIPELINE, SENSOR
from benchmarks.plan import STARTUP
from benchmarks.sections.publishing import outbox_variables
from messaging.topology import BINDING_KEY

COMMANDS = {"consumer": PIPELINE, "sensor": SENSOR}


def measure(bench: Bench) -> None:
    """Measure the start of a consumer and a sensor while the broker and the database are up."""
    bench.run_rounds(STARTUP, {name: partial(_measure, bench, name) for name in COMMANDS})


def _measure(bench: Bench, name: str) -> None:
    with bench.broker.queue(binding=BINDING_KEY) as queue:
        variables = {"QUEUE_NAME": queue, **outbox_variables(bench, "startup")}
        with bench.processes.running(name, COMMANDS[name], variables) as processes:
            bench.results.add(STARTUP, name, processes[0].await_ready(), f"{name}, s")

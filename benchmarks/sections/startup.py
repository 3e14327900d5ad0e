"""Seconds from the start of a process until it says that it is ready."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.contenders import PIPELINE, SENSOR
from benchmarks.plan import STARTUP
from benchmarks.sections.publishing import outbox

COMMANDS = {"consumer": PIPELINE, "sensor": SENSOR}


def measure(bench: Bench) -> None:
    """Broker and database are there."""
    bench.interleave(STARTUP, {name: partial(_measure, bench, name) for name in COMMANDS})


def _measure(bench: Bench, name: str) -> None:
    with bench.broker.queue(bound=True) as queue:
        variables = {"QUEUE_NAME": queue, **outbox(bench, "startup")}
        with bench.processes.running(name, COMMANDS[name], variables) as processes:
            bench.results.add(STARTUP, name, processes[0].ready_after(), f"{name}, s")

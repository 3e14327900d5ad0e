"""Measure this project against its peers: `python -m benchmarks [--quick] [--sections single,load]`."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import pictures, report
from benchmarks.bench import Bench, cores
from benchmarks.broker import Broker
from benchmarks.database import Database
from benchmarks.environment import CONNECTION_ERRORS, Environment, start_environment
from benchmarks.messages import Messages
from benchmarks.options import WORK, make_plan, parse_options
from benchmarks.plan import (
    ANALYSIS,
    BATCHES,
    CAPACITY,
    CONSUMERS,
    IMAGES,
    LIMITS,
    LOAD,
    MANY_SENSORS,
    MEMORY,
    OFFERED,
    PUBLISHING,
    REPORTS,
    SENSOR_STATES,
    SERIES,
    SINGLE,
    STARTUP,
    SUMMARY,
    TRACES,
    Plan,
)
from benchmarks.processes import Processes
from benchmarks.results import Results
from benchmarks.sections import (
    analysis,
    batches,
    capacity,
    consumers,
    images,
    limits,
    load,
    many_sensors,
    memory,
    offered,
    publishing,
    reports,
    sensor_states,
    series,
    single,
    startup,
    summary,
    traces,
)
from messaging.management.client import Management
from messaging.settings import BrokerSettings
from runtime.errors import ServiceUnavailable
from runtime.settings import load as load_settings

MEASURES: dict[str, Callable[[Bench], None]] = {
    SINGLE: single.measure,
    BATCHES: batches.measure,
    CONSUMERS: consumers.measure,
    PUBLISHING: publishing.measure,
    MANY_SENSORS: many_sensors.measure,
    LOAD: load.measure,
    OFFERED: offered.measure,
    SUMMARY: summary.measure,
    SENSOR_STATES: sensor_states.measure,
    SERIES: series.measure,
    LIMITS: limits.measure,
    ANALYSIS: analysis.measure,
    REPORTS: reports.measure,
    TRACES: traces.measure,
    CAPACITY: capacity.measure,
    MEMORY: memory.measure,
    STARTUP: startup.measure,
    IMAGES: images.measure,
}
UNAVAILABLE = 69


def main() -> int:
    """Run the benchmark; return 0 if every selected section was measured, whatever the figures are."""
    options = parse_options(__doc__)
    plan = make_plan(options)
    # A run that is stopped removes everything that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console()
    results = report.read(options.out) if options.update else Results()
    console.print(f"seed {options.seed}; starting the broker and the database …")
    WORK.mkdir(exist_ok=True)
    try:
        with (
            tempfile.TemporaryDirectory(dir=WORK, prefix="run-", ignore_cleanup_errors=True) as directory,
            start_environment(options.environment, Path(directory)) as servers,
            _bench(servers, Path(directory), plan, options, console) as bench,
        ):
            conditions = _metadata(bench, options).describe()
            completed = []
            for section in plan.sections:
                completed.append(_run_section(bench, section))
                bench.results.conditions[section] = conditions
                results.replace(section, bench.results)
                # After every section, so that an interrupted run keeps its results.
                drawn = pictures.draw(results, options.out / "pictures")
                report.write(results, options.out, drawn)
    except ServiceUnavailable as error:
        console.print(str(error), markup=False)
        return UNAVAILABLE
    report.show(console, results)
    console.print(f"Written: {options.out / 'report.md'}")
    return 0 if all(completed) else UNAVAILABLE


def _run_section(bench: Bench, section: str) -> bool:
    """Measure a section; return whether it was completed. An error keeps its partial results."""
    try:
        MEASURES[section](bench)
    except (ServiceUnavailable, *CONNECTION_ERRORS) as error:
        bench.results.add_note(section, f"It was not completed: {error}")
        return False
    return True


@contextmanager
def _bench(
    servers: Environment, directory: Path, plan: Plan, options: argparse.Namespace, console: Console
) -> Iterator[Bench]:
    with (
        closing(Broker(servers.amqp_url)) as broker,
        closing(Database(servers.database_url)) as database,
        _progress(console) as progress,
    ):
        yield Bench(
            environment=servers,
            plan=plan,
            seed=options.seed,
            peers_python=options.peers,
            broker=broker,
            database=database,
            processes=Processes(directory, servers.variables),
            messages=Messages(),
            results=Results(),
            progress=progress,
        )


def _progress(console: Console) -> Progress:
    columns: tuple[Any, ...] = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.description}"), console=console)


def _metadata(bench: Bench, options: argparse.Namespace) -> report.RunMetadata:
    return report.RunMetadata(
        started_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M}",
        seed=options.seed,
        rounds=bench.plan.rounds,
        environment=bench.environment.name,
        machine=f"{cores()} cores",
        broker=bench.broker.version,
        database=bench.database.version,
        queue=_queue_type(bench),
        quick=options.quick,
    )


def _queue_type(bench: Bench) -> str:
    """Return the type of a queue that is declared as durable without arguments."""
    settings = load_settings(
        BrokerSettings,
        rabbitmq_url=bench.environment.amqp_url,
        rabbitmq_management_url=bench.environment.management_url,
    )
    with bench.broker.queue() as queue:
        details = Management(settings).queue(queue) or {}
    return str(details.get("type", "unknown"))


if __name__ == "__main__":
    sys.exit(main())

"""Measure this project against its peers: `python -m benchmarks [--quick] [--sections single,load]`."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import pictures, report
from benchmarks.bench import Bench, cores
from benchmarks.broker import Broker
from benchmarks.contenders import PEERS_PYTHON
from benchmarks.database import Database
from benchmarks.environment import AUTO, CONNECTION_ERRORS, KINDS, ROOT, Environment, start_environment
from benchmarks.messages import Messages
from benchmarks.plan import (
    ANALYSIS,
    BATCHES,
    CAPACITY,
    CONSUMERS,
    FULL,
    IMAGES,
    LIMITS,
    LOAD,
    MANY_SENSORS,
    MEMORY,
    OFFERED,
    PUBLISHING,
    QUICK,
    REPORTS,
    SECTIONS,
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
MAX_SEED = 2**32
WORK = ROOT / ".bench"
UNAVAILABLE = 69


def main() -> int:
    """Run the benchmark; return 0 if every selected section was measured, whatever the figures are."""
    options = _options()
    plan = _plan(options)
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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one round with fewer messages, about three minutes"
    )
    parser.add_argument("--sections", type=_sections, help=f"sections to run: {','.join(SECTIONS)}")
    parser.add_argument(
        "--update",
        action="store_true",
        help="put the sections of this run into the report of benchmarks/, which keeps its others",
    )
    parser.add_argument("--rounds", type=_positive, help="rounds per contender; default 5, with --quick 1")
    parser.add_argument("--contenders", type=_names, help="contenders to run, e.g. project,baseline")
    parser.add_argument("--messages", type=_positive, help="messages per run at prefetch 1")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(MAX_SEED))
    parser.add_argument(
        "--environment",
        choices=KINDS,
        default=AUTO,
        help="where the servers run; auto: in containers if Docker is available",
    )
    parser.add_argument(
        "--peers", type=Path, default=PEERS_PYTHON, help="the Python interpreter of the peers' environment"
    )
    parser.add_argument(
        "--out", type=Path, help="directory of the report; default benchmarks/ for a whole run, else .bench/"
    )
    options = parser.parse_args()
    partial = options.quick or options.sections or options.contenders or options.messages or options.rounds
    options.out = options.out or (WORK if partial and not options.update else ROOT / "benchmarks")
    return options


def _plan(options: argparse.Namespace) -> Plan:
    plan = QUICK if options.quick else FULL
    selected = {name: getattr(options, name) for name in ("sections", "rounds", "contenders", "messages")}
    return replace(plan, **{name: value for name, value in selected.items() if value is not None})


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


def _sections(text: str) -> tuple[str, ...]:
    unknown = _names(text) - set(SECTIONS)
    if unknown:
        raise argparse.ArgumentTypeError(
            f"unknown section: {', '.join(sorted(unknown))}: select from {', '.join(SECTIONS)}"
        )
    return tuple(section for section in SECTIONS if section in _names(text))


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

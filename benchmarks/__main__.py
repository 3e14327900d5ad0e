"""Measures this project beside its peers: `python -m benchmarks [--quick] [--sections single,load]`."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
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
from benchmarks.environment import AUTO, BROKEN, KINDS, ROOT, Environment, site
from benchmarks.messages import Messages
from benchmarks.plan import (
    BATCHES,
    CONSUMERS,
    FULL,
    IMAGES,
    LOAD,
    MEMORY,
    PUBLISHING,
    QUICK,
    SECTIONS,
    SINGLE,
    STARTUP,
    SUMMARY,
    Plan,
)
from benchmarks.processes import Processes
from benchmarks.results import Results
from benchmarks.sections import batches, consumers, images, load, memory, publishing, single, startup, summary
from messaging.management.client import Management
from messaging.settings import BrokerSettings
from runtime.errors import ServiceUnavailable
from runtime.settings import load as load_settings

MEASURES: dict[str, Callable[[Bench], None]] = {
    SINGLE: single.measure,
    BATCHES: batches.measure,
    CONSUMERS: consumers.measure,
    PUBLISHING: publishing.measure,
    LOAD: load.measure,
    SUMMARY: summary.measure,
    MEMORY: memory.measure,
    STARTUP: startup.measure,
    IMAGES: images.measure,
}
LARGEST_SEED = 2**32
WORK = ROOT / ".bench"
UNAVAILABLE = 69


def main() -> int:
    """0 when everything that was asked for could be measured, whatever the figures are."""
    options = _options()
    plan = _plan(options)
    console = Console()
    console.print(f"seed {options.seed}; starting the broker and the database …")
    WORK.mkdir(exist_ok=True)
    try:
        with (
            tempfile.TemporaryDirectory(dir=WORK, prefix="run-", ignore_cleanup_errors=True) as directory,
            site(options.site, Path(directory)) as servers,
            _bench(servers, Path(directory), plan, options, console) as bench,
        ):
            circumstances = _circumstances(bench, options)
            outcomes = []
            for section in plan.sections:
                outcomes.append(_measured(bench, section))
                # Each time, so that whoever ends it early keeps what was measured.
                drawn = pictures.draw(bench.results, options.out / "pictures")
                report.write(bench.results, circumstances, options.out, drawn)
    except ServiceUnavailable as error:
        console.print(str(error), markup=False)
        return UNAVAILABLE
    report.show(console, bench.results, circumstances)
    console.print(f"Written: {options.out / 'report.md'}")
    return 0 if all(outcomes) else UNAVAILABLE


def _measured(bench: Bench, section: str) -> bool:
    """Whether a section was measured to its end; what it has until then stays, and the others follow."""
    try:
        MEASURES[section](bench)
    except (ServiceUnavailable, *BROKEN) as error:
        bench.results.note(f"The section {section} ended early: {error}")
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
            site=servers,
            plan=plan,
            seed=options.seed,
            peers_python=options.peers,
            broker=broker,
            database=database,
            processes=Processes(directory, servers.environment),
            messages=Messages(),
            results=Results(),
            progress=progress,
        )


def _progress(console: Console) -> Progress:
    columns: tuple[Any, ...] = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.description}"), console=console)


def _circumstances(bench: Bench, options: argparse.Namespace) -> report.Circumstances:
    return report.Circumstances(
        seed=options.seed,
        rounds=bench.plan.rounds,
        site=bench.site.name,
        machine=f"{cores()} cores",
        broker=bench.broker.version,
        database=bench.database.version,
        queue=_queue_type(bench),
        quick=options.quick,
    )


def _queue_type(bench: Bench) -> str:
    """What a plainly declared durable queue is here."""
    settings = load_settings(
        BrokerSettings, rabbitmq_url=bench.site.amqp_url, rabbitmq_management_url=bench.site.management_url
    )
    with bench.broker.queue() as queue:
        told = Management(settings).queue(queue) or {}
    return str(told.get("type", "unknown"))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two minutes: one round of less")
    parser.add_argument("--sections", type=_sections, help=f"only these: {','.join(SECTIONS)}")
    parser.add_argument("--rounds", type=_positive, help="how often each variant runs; 5, with --quick 1")
    parser.add_argument("--variants", type=_names, help="only these within the sections, e.g. project,floor")
    parser.add_argument("--messages", type=_positive, help="messages a run at prefetch 1")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(LARGEST_SEED))
    parser.add_argument("--site", choices=KINDS, default=AUTO, help="auto: containers if there is Docker")
    parser.add_argument(
        "--peers", type=Path, default=PEERS_PYTHON, help="the Python that has the peers' packages"
    )
    parser.add_argument("--out", type=Path, help="where the report goes; bench/ when all of it is measured")
    options = parser.parse_args()
    partial = options.quick or options.sections or options.variants or options.messages or options.rounds
    options.out = options.out or (WORK if partial else ROOT / "benchmarks")
    return options


def _plan(options: argparse.Namespace) -> Plan:
    plan = QUICK if options.quick else FULL
    given = {name: getattr(options, name) for name in ("sections", "rounds", "variants", "messages")}
    return replace(plan, **{name: value for name, value in given.items() if value is not None})


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


def _sections(text: str) -> tuple[str, ...]:
    unknown = _names(text) - set(SECTIONS)
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no section {', '.join(sorted(unknown))}")
    return tuple(section for section in SECTIONS if section in _names(text))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())

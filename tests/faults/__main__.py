"""Run the fault matrix: `python -m tests.faults [--rows 1,2] [--cluster] [--short] [--seed N]`."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Collection, Sequence
from random import SystemRandom

import structlog
from rich.console import Console

from tests.faults.environment import Environment, broker_version, query
from tests.faults.experiment import CONSUMERS
from tests.faults.matrix import ALL_MODES, SCENARIOS, Scenario, select_runs, select_scenarios
from tests.faults.native import Native
from tests.faults.report import RunDetails, remarks, show, write
from tests.faults.runner import AUTO, KINDS, Result, run_scenario, start_environment
from tests.modes import Mode

SEED_RANGE = 2**32


def main() -> int:
    """Return 0 when every scenario passed, otherwise 1."""
    options = parse_options()
    silence_logs()
    # An interrupted run removes everything that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console()
    scenarios = {scenario.number: scenario for scenario, _ in options.runs}
    on_cluster = any(scenario.on_cluster for scenario in scenarios.values())
    on_swarm = any(scenario.on_swarm for scenario in scenarios.values())
    console.print(f"seed {options.seed}: {len(scenarios)} rows; starting the stack …")
    with start_environment(options.environment, on_cluster=on_cluster, on_swarm=on_swarm) as stack:
        details = _run_details(stack, options)
        results = [_run_and_print(stack, scenario, mode, options, console) for scenario, mode in options.runs]
    show(console, results, details)
    if options.write or not (options.rows or options.modes or options.short):
        write(results, details, on_cluster=on_cluster)
    return 0 if all(result.outcome.passed for result in results) else 1


def _run_and_print(
    stack: Environment, scenario: Scenario, mode: Mode, options: argparse.Namespace, console: Console
) -> Result:
    title = f"row {scenario.number}, {mode.name}: {scenario.name}"
    with console.status(title) as status:

        def show_progress(text: str) -> None:
            status.update(f"{title}: {text}")

        result = run_scenario(
            stack, scenario, mode, seed=options.seed, short=options.short, show_progress=show_progress
        )
    outcome = result.outcome
    console.print(f"{'passed' if outcome.passed else 'FAILED'} in {outcome.seconds:.0f} s  {title}")
    for line in () if outcome.passed else remarks(result):
        console.print(f"  {line}", markup=False)
    return result


def silence_logs() -> None:
    """Silence the log of the supervisor, which would appear between the results."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def parse_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options with the selected `runs`; a wrong selection ends the process."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rows", type=_numbers, help="only these rows, e.g. 1,2")
    parser.add_argument(
        "--cluster", action="store_true", help="the rows of the cluster instead of the others"
    )
    parser.add_argument(
        "--modes", type=_modes, help=f"only these modes: {','.join(mode.key for mode in ALL_MODES)}"
    )
    parser.add_argument("--short", action="store_true", help="the short forms, as CI runs them")
    parser.add_argument(
        "--environment", choices=KINDS, default=AUTO, help="auto: containers if Docker is available"
    )
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(SEED_RANGE))
    parser.add_argument(
        "--write", action="store_true", help="write the report also for selected rows or short forms"
    )
    options = parser.parse_args(arguments)
    try:
        scenarios = select_scenarios(options.rows, short=options.short, on_cluster=options.cluster)
        options.runs = select_runs(scenarios, options.modes, short=options.short)
    except ValueError as error:
        parser.error(str(error))
    if options.write and any(scenario.on_swarm for scenario in scenarios):
        parser.error("--write: the rows of a Swarm have no page, docs/operations/swarm.md has their results")
    if options.environment == Native.name and any(row.on_cluster or row.on_swarm for row in scenarios):
        parser.error("--environment: the rows of the cluster and of a Swarm run in containers only")
    return options


def _numbers(text: str) -> frozenset[int]:
    known = {str(scenario.number): scenario.number for scenario in SCENARIOS}
    return frozenset(known[text] for text in _split(text, "row", known))


def _modes(text: str) -> frozenset[str]:
    return frozenset(_split(text, "mode", [mode.key for mode in ALL_MODES]))


def _split(text: str, kind: str, known: Collection[str]) -> list[str]:
    """Return the parts of a list with commas, which must be known."""
    parts = [part.strip() for part in text.split(",")]
    if unknown := [part for part in parts if part not in known]:
        raise argparse.ArgumentTypeError(
            f"there is no {kind} {', '.join(map(repr, unknown))}: select from {', '.join(known)}"
        )
    return parts


def _run_details(stack: Environment, options: argparse.Namespace) -> RunDetails:
    ((database,),) = query(stack.database_url, "SHOW server_version")
    return RunDetails(
        seed=options.seed,
        environment=f"{stack.name} on {os.cpu_count()} cores",
        broker=broker_version(stack.amqp_url),
        database=str(database).split(maxsplit=1)[0],
        consumers=CONSUMERS,
        short=options.short,
    )


if __name__ == "__main__":
    sys.exit(main())

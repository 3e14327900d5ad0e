"""Run the fault matrix: `python -m tests.faults [--rows 1,2] [--cluster] [--short] [--seed N]`."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from random import SystemRandom

import structlog
from rich.console import Console

from tests.faults.environment import Environment, broker_version, query
from tests.faults.experiment import CONSUMERS
from tests.faults.matrix import ALL_MODES, SCENARIOS, Scenario, select_scenarios
from tests.faults.report import RunDetails, remarks, show, write
from tests.faults.runner import AUTO, KINDS, Result, run_scenario, start_environment
from tests.modes import Mode

SEED_RANGE = 2**32


def main() -> int:
    """Return 0 when every scenario passed, otherwise 1."""
    options = _options()
    silence_logs()
    # An interrupted run removes everything that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console()
    on_cluster = any(scenario.on_cluster for scenario in options.scenarios)
    on_swarm = any(scenario.on_swarm for scenario in options.scenarios)
    console.print(f"seed {options.seed}: {len(options.scenarios)} rows; starting the stack …")
    with start_environment(options.environment, on_cluster=on_cluster, on_swarm=on_swarm) as stack:
        details = _run_details(stack, options)
        results = run(stack, options.scenarios, options, console)
    show(console, results, details)
    if options.write or not (options.rows or options.modes or options.short):
        write(results, details, on_cluster=on_cluster)
    return 0 if all(result.outcome.passed for result in results) else 1


def run(
    stack: Environment, scenarios: Sequence[Scenario], options: argparse.Namespace, console: Console
) -> list[Result]:
    """Run the scenarios in order, and print each result."""
    results = []
    for scenario in scenarios:
        for mode in scenario.modes_for(short=options.short):
            if options.modes and mode.key not in options.modes:
                continue
            result = _run_and_print(stack, scenario, mode, options, console)
            results.append(result)
    return results


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


def _options() -> argparse.Namespace:
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
    options = parser.parse_args()
    try:
        options.scenarios = select_scenarios(options.rows, short=options.short, on_cluster=options.cluster)
    except ValueError as error:
        parser.error(str(error))
    if options.write and any(scenario.on_swarm for scenario in options.scenarios):
        parser.error("--write: the rows of a Swarm have no page, docs/operations/swarm.md has their results")
    return options


def _numbers(text: str) -> frozenset[int]:
    numbers = frozenset(map(int, text.split(",")))
    unknown = numbers - {scenario.number for scenario in SCENARIOS}
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown row {sorted(unknown)}")
    return numbers


def _modes(text: str) -> frozenset[str]:
    keys = frozenset(text.split(","))
    unknown = keys - {mode.key for mode in ALL_MODES}
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown mode {', '.join(sorted(unknown))}")
    return keys


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

"""Runs the fault matrix: `python -m tests.faults [--rows 1,2] [--short] [--seed N]`."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from random import SystemRandom

import structlog
from rich.console import Console

from tests.faults.experiment import CONSUMERS
from tests.faults.report import Circumstances, remarks, show, write
from tests.faults.runner import AUTO, KINDS, Result, run_row, site
from tests.faults.site import Site, broker_version, query
from tests.faults.table import ROWS, Row, chosen
from tests.modes import Mode

LARGEST_SEED = 2**32


def main() -> int:
    """0 when every row passed, else 1."""
    options = _options()
    quiet()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is removed then, too
    console = Console()
    rows = chosen(options.rows, short=options.short)
    console.print(f"seed {options.seed}: {len(rows)} rows; starting the stack …")
    with site(options.site) as stack:
        circumstances = _circumstances(stack, options)
        results = run(stack, rows, options, console)
    show(console, results, circumstances)
    if options.write or not (options.rows or options.short):
        write(results, circumstances)
    return 0 if all(result.outcome.passed for result in results) else 1


def run(stack: Site, rows: Sequence[Row], options: argparse.Namespace, console: Console) -> list[Result]:
    """All rows in order, each told as it goes."""
    results = []
    for row in rows:
        for mode in row.at(short=options.short):
            result = _told(stack, row, mode, options, console)
            results.append(result)
    return results


def _told(stack: Site, row: Row, mode: Mode, options: argparse.Namespace, console: Console) -> Result:
    title = f"row {row.number}, {mode.name}: {row.name}"
    with console.status(title) as status:

        def say(text: str) -> None:
            status.update(f"{title}: {text}")

        result = run_row(stack, row, mode, seed=options.seed, short=options.short, say=say)
    outcome = result.outcome
    console.print(f"{'passed' if outcome.passed else 'FAILED'} in {outcome.seconds:.0f} s  {title}")
    for line in () if outcome.passed else remarks(result):
        console.print(f"  {line}", markup=False)
    return result


def quiet() -> None:
    """The supervisor's own log lines would go between the rows."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("pika").setLevel(logging.CRITICAL)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rows", type=_numbers, help="only these, e.g. 1,2")
    parser.add_argument("--short", action="store_true", help="the short forms, as CI runs them")
    parser.add_argument("--site", choices=KINDS, default=AUTO, help="auto: containers if there is Docker")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(LARGEST_SEED))
    parser.add_argument("--write", action="store_true", help="write the report in spite of these")
    return parser.parse_args()


def _numbers(text: str) -> frozenset[int]:
    numbers = frozenset(map(int, text.split(",")))
    unknown = numbers - {row.number for row in ROWS}
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no row {sorted(unknown)}")
    return numbers


def _circumstances(stack: Site, options: argparse.Namespace) -> Circumstances:
    ((database,),) = query(stack.database_url, "SHOW server_version")
    return Circumstances(
        seed=options.seed,
        site=f"{stack.name} on {os.cpu_count()} cores",
        broker=broker_version(stack.amqp_url),
        database=str(database).split(maxsplit=1)[0],
        consumers=CONSUMERS,
        short=options.short,
    )


if __name__ == "__main__":
    sys.exit(main())

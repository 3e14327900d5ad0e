"""The options of the benchmark's command line."""

import argparse
from dataclasses import replace
from pathlib import Path
from random import SystemRandom

from benchmarks.contenders import PEERS_PYTHON
from benchmarks.environment import AUTO, KINDS, ROOT
from benchmarks.plan import FULL, QUICK, SECTIONS, Plan

MAX_SEED = 2**32
WORK = ROOT / ".bench"


def parse_options(description: str | None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=description)
    parser.add_argument(
        "--quick", action="store_true", help="one round with fewer messages, about three minutes"
    )
    parser.add_argument("--sections", type=parse_sections, help=f"sections to run: {','.join(SECTIONS)}")
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


def make_plan(options: argparse.Namespace) -> Plan:
    """Return the plan that the options select."""
    plan = QUICK if options.quick else FULL
    selected = {name: getattr(options, name) for name in ("sections", "rounds", "contenders", "messages")}
    return replace(plan, **{name: value for name, value in selected.items() if value is not None})


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(","))


def parse_sections(text: str) -> tuple[str, ...]:
    """Return the sections of a list, in the order of a run.

    Raises:
        argparse.ArgumentTypeError: When there is no such section.
    """
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

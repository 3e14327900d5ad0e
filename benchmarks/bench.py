"""The context of a section: servers, clients, plan and results."""

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from benchmarks.broker import Broker
from benchmarks.contenders import Contender
from benchmarks.database import Database
from benchmarks.environment import Environment
from benchmarks.messages import Messages
from benchmarks.plan import Plan
from benchmarks.processes import Processes
from benchmarks.results import Results

Run = Callable[[], None]


@dataclass(frozen=True)
class Bench:
    """The servers, the clients, the plan and the results of a run."""

    environment: Environment
    plan: Plan
    seed: int
    peers_python: Path
    broker: Broker
    database: Database
    processes: Processes
    messages: Messages
    results: Results
    progress: Progress

    def available(self, section: str, contenders: Sequence[Contender]) -> list[Contender]:
        """Return the selected contenders that can run here; note why the others cannot."""
        selected = [contender for contender in contenders if self.plan.includes(contender.key)]
        reasons = {contender.key: contender.unavailable_reason() for contender in selected}
        for reason in filter(None, reasons.values()):
            self.results.add_note(section, reason)
        return [contender for contender in selected if reasons[contender.key] is None]

    def run_rounds(self, section: str, runs: Mapping[str, Run], max_rounds: int | None = None) -> None:
        """Do every run once per round, in an order that is shuffled for each round from the seed.

        There are as many rounds as planned, or `max_rounds` if that is fewer.
        """
        rounds = min(self.plan.rounds, max_rounds or self.plan.rounds)
        generator = random.Random(f"{self.seed}/{section}")  # noqa: S311 (an order, not a secret)
        task = self.progress.add_task(section, total=rounds * len(runs))
        for number, key in _shuffled(rounds, list(runs), generator):
            self.progress.update(task, description=f"{section}, round {number}: {key}")
            runs[key]()
            self.progress.advance(task)
        self.progress.update(task, description=section)
        self.results.order_keys(section, list(runs))


def _shuffled(rounds: int, keys: list[str], generator: random.Random) -> Iterator[tuple[int, str]]:
    for number in range(1, rounds + 1):
        for key in generator.sample(keys, len(keys)):
            yield number, key


def cores() -> int:
    """Return the number of processors."""
    return os.cpu_count() or 1

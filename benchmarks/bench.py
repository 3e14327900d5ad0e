"""What a section works with."""

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
    """The servers, the clients, the plan, and where the results go."""

    site: Environment
    plan: Plan
    seed: int
    peers_python: Path
    broker: Broker
    database: Database
    processes: Processes
    messages: Messages
    results: Results
    progress: Progress

    def present(self, variants: Sequence[Contender]) -> list[Contender]:
        """Those that are wanted and can run here; the others are noted."""
        wanted = [variant for variant in variants if self.plan.wants(variant.key)]
        absences = {variant.key: variant.absence() for variant in wanted}
        for sentence in filter(None, absences.values()):
            self.results.note(sentence)
        return [variant for variant in wanted if absences[variant.key] is None]

    def interleave(self, section: str, runs: Mapping[str, Run]) -> None:
        """Each round does every run once, in an order of its own that follows from the seed."""
        chance = random.Random(f"{self.seed}/{section}")  # noqa: S311 (an order, not a secret)
        task = self.progress.add_task(section, total=self.plan.rounds * len(runs))
        for number, key in _shuffled(self.plan.rounds, list(runs), chance):
            self.progress.update(task, description=f"{section}, round {number}: {key}")
            runs[key]()
            self.progress.advance(task)
        self.progress.update(task, description=section)
        self.results.arrange(section, list(runs))


def _shuffled(rounds: int, keys: list[str], chance: random.Random) -> Iterator[tuple[int, str]]:
    for number in range(1, rounds + 1):
        for key in chance.sample(keys, len(keys)):
            yield number, key


def cores() -> int:
    """How many processors there are."""
    return os.cpu_count() or 1

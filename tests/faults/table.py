"""The fault matrix: a line for each row of the issue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.experiment import Experiment
from tests.faults.rows import broker, content, database, links, processes, volume
from tests.modes import BATCHES, PREFETCH_20, SINGLE, Mode

Function = Callable[..., None]


@dataclass(frozen=True)
class Row:
    """A fault, the function that does it, and how hard: `short` is for CI, None keeps it out of there."""

    number: int
    name: str
    function: Function
    full: Mapping[str, Any]
    short: Mapping[str, Any] | None = None
    modes: tuple[Mode, ...] = (SINGLE,)
    short_modes: tuple[Mode, ...] = (SINGLE,)

    def at(self, *, short: bool) -> tuple[Mode, ...]:
        """The modes in which it runs."""
        return self.short_modes if short else self.modes

    def run(self, experiment: Experiment, *, short: bool) -> None:
        """Do it."""
        parameters = self.short if short else self.full
        assert parameters is not None
        self.function(experiment, **parameters)


EVERY = (SINGLE, PREFETCH_20, BATCHES)
# fmt: off
ROWS: tuple[Row, ...] = (
    Row(1, "broker SIGKILL 10 times under load", broker.killed,
        full={"times": 10, "between": (3, 12)}, short={"times": 1, "between": (1, 2)}),
    Row(2, "PostgreSQL SIGKILL 10 times, sessions terminated, comes and goes 50 times", database.killed,
        full={"kills": 10, "between": (2, 10), "terminations": 100, "comings": 50},
        short={"kills": 1, "between": (1, 2), "terminations": 20, "comings": 2}, modes=EVERY),
    Row(3, "consumer SIGKILL before store, between commit and ack, after ack", processes.consumer_killed,
        full={"seconds": 25, "every": 60}, short={"seconds": 2, "every": 20},
        modes=EVERY, short_modes=(SINGLE, BATCHES)),
    Row(4, "sensor SIGKILL between publish and confirm, then the same reading", processes.sensor_killed,
        full={"kills": 20, "between": (0.5, 3)}, short={"kills": 2, "between": (0.2, 0.5)}),
    Row(5, "link cut 10 s and 60 s, black hole, reset: broker, database, sensor", links.cut,
        full={"cuts": (10, 60), "black_hole": 60}),
    Row(6, "latency 1, 10, 100 ms with jitter", links.far,
        full={"round_trips": (0.001, 0.01, 0.1), "messages": 2000, "longest": 15},
        modes=(SINGLE, PREFETCH_20)),
    Row(7, "database away 10 minutes", database.away, full={"seconds": 600}, short={"seconds": 10}),
    Row(8, "database disk full, broker memory and disk alarm", database.full, full={"seconds": 20}),
    Row(9, "200,000 messages of backlog, then drain", volume.backlog, full={"messages": 200_000}),
    Row(10, "poison: 1 % and 100 % invalid", content.poison,
        full={"messages": 2000}, short={"messages": 300}, modes=EVERY, short_modes=EVERY),
    Row(11, "every message twice, and shuffled", content.twice,
        full={"messages": 3000}, short={"messages": 500}, modes=EVERY, short_modes=EVERY),
    Row(12, "clocks an hour ahead and behind", content.clocks, full={"messages": 100}),
    Row(13, "SIGTERM and scale 1 → 3 → 1 under load", processes.scaled,
        full={"rounds": 5, "seconds": 5}, short={"rounds": 1, "seconds": 2}, modes=EVERY),
    Row(14, "queue deleted, purged; connections closed by an operator", broker.operator,
        full={"times": 5}, short={"times": 1}, modes=EVERY),
    Row(15, "1,000,000 mutated and random bodies", volume.bodies,
        full={"in_process": 1_000_000, "queued": 20_000}),
)
# fmt: on


def chosen(numbers: frozenset[int] | None, *, short: bool) -> list[Row]:
    """The rows of these numbers, or all; with `short` those that have a short form."""
    return [
        row
        for row in ROWS
        if (numbers is None or row.number in numbers) and (not short or row.short is not None)
    ]

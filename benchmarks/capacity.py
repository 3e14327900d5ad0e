"""A model of the capacity: what one machine stores, and what many machines store in cells.

`python -m benchmarks.capacity 1 10 100` prints what so many machines give, from the costs in report.json.
The section `capacity` measures the costs of receiving alone and of storing alone, predicts what
whole consumers store, and compares that with what they store in the same run (docs/scaling.md).
"""

import argparse
from pathlib import Path
from typing import NamedTuple

from benchmarks.plan import CAPACITY
from benchmarks.report import read
from benchmarks.results import Results

REPORT = Path(__file__).parent
SECONDS_PER_DAY = 86_400
GIGABYTE = 1e9
# A consumer that stores batches holds one while it stores another; one at prefetch 1 holds a single message.
BATCHES_IN_WORK = 2


class Part(NamedTuple):
    """Seconds per reading: until it is done, and of the processors of the consumer and of the server."""

    elapsed: float
    consumer: float
    server: float


class Costs(NamedTuple):
    """What a reading costs to publish (of the broker's processor), to receive and ack, and to store."""

    publish: float
    receive: Part
    store: Part


class Size(NamedTuple):
    """The machines of one cell: each has one queue and one database."""

    brokers: int
    databases: int
    consumers: int

    @property
    def machines(self) -> int:
        """All machines of the cell."""
        return self.brokers + self.databases + self.consumers


class Layout(NamedTuple):
    """Cells of one size, and what they store per second together."""

    cells: int
    size: Size
    rate: float


def stored_per_second(costs: Costs, consumers: int, cores: int, *, in_batches: bool) -> float:
    """Return what consumers store per second of a full queue, on one machine with broker and database.

    The machine is a closed queueing network of two stations, solved by mean value analysis: the processors,
    and everything that needs none, such as the disk. Messages in work circulate: one per consumer, or
    two batches. Several processors are one faster processor and a delay, after Seidmann. A consumer is one
    process that uses one processor at most.
    """
    processor = costs.receive.consumer + costs.receive.server + costs.store.consumer + costs.store.server
    demand = processor / cores
    delay = max(0.0, costs.receive.elapsed + costs.store.elapsed - demand)
    rate, waiting = 0.0, 0.0
    for customers in range(1, consumers * (BATCHES_IN_WORK if in_batches else 1) + 1):
        residence = demand * (1 + waiting)
        rate = customers / (delay + residence)
        waiting = rate * residence
    return min(rate, consumers / (costs.receive.consumer + costs.store.consumer))


def cell_rate(costs: Costs, size: Size, cores: int) -> float:
    """Return what a cell stores per second: the smallest of what its machines can do.

    One queue delivers no faster than to the consumer that was measured, and further brokers and databases are
    replicas, which do the same work again. Each consumer receives and stores at the same time.
    """
    one_consumer = 1 / max(
        costs.receive.elapsed, costs.store.elapsed, costs.receive.consumer + costs.store.consumer
    )
    return min(
        1 / costs.receive.elapsed,
        cores / (costs.publish + costs.receive.server),
        cores / costs.store.server,
        size.consumers * cores * one_consumer,
    )


def best_layout(costs: Costs, machines: int, cores: int, *, brokers: int = 1, databases: int = 1) -> Layout:
    """Return the cells of so many machines that store the most per second.

    Raises:
        ValueError: When the machines are too few for one cell.
    """
    most = machines - brokers - databases
    if most < 1:
        raise ValueError(f"a cell requires at least {brokers + databases + 1} machines")
    layouts = []
    for consumers in range(1, most + 1):
        size = Size(brokers, databases, consumers)
        cells = machines // size.machines
        layouts.append(Layout(cells, size, cells * cell_rate(costs, size, cores)))
    return max(layouts, key=lambda layout: (layout.rate, -layout.size.machines))


def costs_of(results: Results, batch: int) -> Costs:
    """Return the measured costs of a batch size, of the fastest round: other programs only slow it down.

    Raises:
        ValueError: When the section was not measured.
    """

    def seconds(key: str) -> float:
        if not (microseconds := results.rounds(CAPACITY, key)):
            raise ValueError(f"{key} was not measured: run `make bench ARGS='--sections capacity --update'`")
        return min(microseconds) / 1e6

    def part(name: str) -> Part:
        return Part(*(seconds(f"{name} {batch}: {what}") for what in ("elapsed", "consumer", "server")))

    return Costs(seconds("publish: server"), part("receive"), part("store"))


def main() -> None:
    """Print what machines like the measured one give."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("machines", type=int, nargs="+")
    parser.add_argument("--cores", type=int, default=2, help="of each machine (2)")
    parser.add_argument("--batch", type=int, default=500, help="a measured batch size (500)")
    parser.add_argument("--report", type=Path, default=REPORT, help="the folder with report.json")
    options = parser.parse_args()
    results = read(options.report)
    try:
        costs = costs_of(results, options.batch)
    except ValueError as error:
        parser.error(str(error))
    stored_bytes = results.median(CAPACITY, "bytes per reading") or 0
    for machines in options.machines:
        for title, brokers, databases in (("", 1, 1), (", replicated", 3, 2)):
            if machines < brokers + databases + 1:
                continue
            found = best_layout(costs, machines, options.cores, brokers=brokers, databases=databases)
            terabytes = found.rate * SECONDS_PER_DAY * stored_bytes / (1_000 * GIGABYTE)
            print(
                f"{machines} machines{title}: {found.cells} cells of {tuple(found.size)} (brokers, databases,"
                f" consumers), {found.rate:,.0f} readings per second, {terabytes:,.2f} TB per day"
            )


if __name__ == "__main__":
    main()

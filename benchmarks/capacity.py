"""A model of the capacity: what one machine stores, and what many machines store in cells.

`python -m benchmarks.capacity 1 10 100` prints what so many machines give, from the costs in report.json.
The section `capacity` measures what a reading costs one consumer, predicts what other numbers of consumers
and other batch sizes store, and compares that with what they store in the same run (docs/scaling.md).
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks.plan import CAPACITY
from benchmarks.report import read
from benchmarks.results import Results

REPORT = Path(__file__).parent
SECONDS_PER_DAY = 86_400
GIGABYTE = 1e9
PUBLISH, DELIVER = "publish", "deliver alone"


class Costs(NamedTuple):
    """Seconds per reading of one consumer: until it is done, and of the processors of each part.

    `other` is what the rest of the machine uses meanwhile, such as the kernel for the network.
    """

    elapsed: float
    consumer: float
    broker: float
    database: float
    other: float

    @property
    def processors(self) -> float:
        """Seconds of the processors of all parts."""
        return self.consumer + self.broker + self.database + self.other


class Machine(NamedTuple):
    """A measured machine: its processors, the costs of a consumer, and what limits a queue.

    `publish` are the seconds of the broker's processor that accepting a reading takes, `deliver` the seconds
    until a client that only acks has the next one.
    """

    cores: int
    costs: Costs
    publish: float
    deliver: float


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


def stored_per_second(costs: Costs, consumers: int, cores: int) -> float:
    """Return what consumers store per second of a full queue, on one machine with broker and database.

    The machine is a closed queueing network of two stations, in which the consumers circulate, solved by mean
    value analysis: the processors, and what needs none, the disk, which writes one log at a time. Several
    processors are one faster processor and a delay, after Seidmann.
    """
    demands = (costs.processors / cores, max(0.0, costs.elapsed - costs.processors))
    delay = max(0.0, costs.elapsed - sum(demands))
    rate, waiting = 0.0, (0.0, 0.0)
    for customers in range(1, consumers + 1):
        residences = [demand * (1 + others) for demand, others in zip(demands, waiting, strict=True)]
        rate = customers / (delay + sum(residences))
        waiting = (rate * residences[0], rate * residences[1])
    return rate


def costs_of_batch(measured: Mapping[int, Costs], batch: int) -> Costs:
    """Return the costs with batches of a size that was not measured, from those of the two sizes that were.

    Each consists of a part per batch, which its readings share, and a part per reading.
    """
    if batch in measured:
        return measured[batch]
    small, large = min(measured), max(measured)

    def cost(of_small: float, of_large: float) -> float:
        per_batch = (of_small - of_large) / (1 / small - 1 / large)
        return of_small + per_batch * (1 / batch - 1 / small)

    return Costs(*map(cost, measured[small], measured[large]))


def cell_rate(machine: Machine, size: Size) -> float:
    """Return what a cell stores per second: the smallest of what its machines can do.

    One queue delivers no faster than to a client that only acks, and further brokers and databases are
    replicas, which do the same work again. A machine has a consumer for each of its processors.
    """
    return min(
        1 / machine.deliver,
        machine.cores / (machine.publish + machine.costs.broker),
        machine.cores / machine.costs.database,
        size.consumers * machine.cores / machine.costs.elapsed,
    )


def best_layout(machine: Machine, machines: int, *, brokers: int = 1, databases: int = 1) -> Layout:
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
        layouts.append(Layout(cells, size, cells * cell_rate(machine, size)))
    return max(layouts, key=lambda layout: (layout.rate, -layout.size.machines))


def case(consumers: int, batch: int) -> str:
    """Return the name of a measurement in the report."""
    return f"{consumers} with batches of {batch}"


def costs_of(results: Results, batch: int) -> Costs:
    """Return the costs of one consumer with batches of this size: the medians of the rounds.

    Raises:
        ValueError: When they were not measured.
    """
    return Costs(*(_seconds(results, f"{case(1, batch)}: {part}, µs") for part in Costs._fields))


def machine_of(results: Results, batch: int, cores: int) -> Machine:
    """Return the measured machine, with batches of this size.

    Raises:
        ValueError: When it was not measured.
    """
    publish, deliver = (_seconds(results, f"{name}, µs") for name in (PUBLISH, DELIVER))
    return Machine(cores, costs_of(results, batch), publish, deliver)


def _seconds(results: Results, key: str) -> float:
    if (microseconds := results.median(CAPACITY, key)) is None:
        raise ValueError(f"{key} was not measured: run `make bench ARGS='--sections capacity --update'`")
    return microseconds / 1e6


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
        machine = machine_of(results, options.batch, options.cores)
    except ValueError as error:
        parser.error(str(error))
    stored_bytes = results.median(CAPACITY, "bytes per reading") or 0
    for machines in options.machines:
        for title, brokers, databases in (("", 1, 1), (", replicated", 3, 2)):
            if machines < brokers + databases + 1:
                continue
            found = best_layout(machine, machines, brokers=brokers, databases=databases)
            terabytes = found.rate * SECONDS_PER_DAY * stored_bytes / (1_000 * GIGABYTE)
            print(
                f"{machines} machines{title}: {found.cells} cells of {tuple(found.size)} (brokers, databases,"
                f" consumers), {found.rate:,.0f} readings per second, {terabytes:,.2f} TB per day"
            )


if __name__ == "__main__":
    main()

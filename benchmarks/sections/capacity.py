"""What a reading costs one consumer, and what the model predicts of other consumers and batch sizes.

Everything is measured in the same shuffled rounds, and compared by the medians.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from benchmarks.bench import Bench, cores
from benchmarks.capacity import (
    DELIVER,
    PUBLISH,
    Costs,
    case,
    costs_of,
    costs_of_batch,
    stored_per_second,
)
from benchmarks.consuming import consume, run_limit
from benchmarks.contenders import limit, project
from benchmarks.environment import BROKER, DATABASE
from benchmarks.plan import CAPACITY
from benchmarks.processes import Process
from benchmarks.results import number
from benchmarks.usage import Usage, machine_seconds
from benchmarks.waiting import BenchmarkFailed

MICROSECONDS = 1e6
MACHINE = "machine"
MEASURED, PREDICTED, DEVIATION = "measured", "predicted", "largest deviation, %"


def measure(bench: Bench) -> None:
    """Measure the costs of one consumer at two batch sizes, and all others that are predicted.

    Raises:
        BenchmarkFailed: When the processes of broker and database are not visible.
    """
    if {BROKER, DATABASE} - bench.environment.processes.keys():
        raise BenchmarkFailed("the processes of broker and database run on another machine")
    measured = [(1, batch) for batch in bench.plan.capacity_costs]
    runs = {
        case(consumers, batch): partial(_consume, bench, consumers, batch)
        for consumers, batch in (*measured, *bench.plan.capacity_cases)
    }
    bench.run_rounds(CAPACITY, {"queue": partial(_deliver, bench), **runs})
    _predict(bench)


def _deliver(bench: Bench) -> None:
    """Measure what a queue costs and gives without this project."""
    messages = bench.plan.capacity_messages[max(bench.plan.capacity_costs)]
    broker = Usage({BROKER: bench.environment.processes[BROKER]})
    with bench.broker.queue() as queue:
        before = broker.cpu_seconds()[BROKER]
        bench.broker.fill(queue, bench.messages.get(messages))
        filled = broker.cpu_seconds()[BROKER] - before
    _add_cost(bench, PUBLISH, filled / messages)
    drain = limit(bench.peers_python, "drain")
    _add_cost(bench, DELIVER, 1 / run_limit(bench, drain, messages, queued=messages))


def _consume(bench: Bench, consumers: int, batch: int) -> None:
    name, messages = case(consumers, batch), consumers * bench.plan.capacity_messages[batch]
    used: dict[str, float] = {}

    @contextmanager
    def observe(processes: Sequence[Process]) -> Iterator[None]:
        usage = Usage(
            bench.environment.processes | {f"consumer {process.pid}": process.pid for process in processes}
        )
        before, machine = usage.cpu_seconds(), machine_seconds()
        yield
        used.update({process: seconds - before[process] for process, seconds in usage.cpu_seconds().items()})
        used[MACHINE] = machine_seconds() - machine

    rate = consume(bench, project(batch), messages, replicas=consumers, observe=observe)
    bench.results.add(CAPACITY, f"{MEASURED}: {name}", rate)
    machine, broker, database = used.pop(MACHINE), used.pop(BROKER), used.pop(DATABASE)
    consumer = sum(used.values())
    other = max(0.0, machine - broker - database - consumer)
    costs = Costs(1 / rate, *(seconds / messages for seconds in (consumer, broker, database, other)))
    for part, seconds in costs._asdict().items():
        _add_cost(bench, f"{name}: {part}", seconds)
    if batch == max(bench.plan.capacity_costs) and consumers == 1:
        bench.results.add(CAPACITY, "bytes per reading", bench.database.stored_bytes() / messages)


def _add_cost(bench: Bench, name: str, seconds: float) -> None:
    bench.results.add(CAPACITY, f"{name}, µs", seconds * MICROSECONDS)


def _predict(bench: Bench) -> None:
    results = bench.results
    measured_costs = {batch: costs_of(results, batch) for batch in bench.plan.capacity_costs}
    deviations = []
    for consumers, batch in bench.plan.capacity_cases:
        name = case(consumers, batch)
        predicted = stored_per_second(costs_of_batch(measured_costs, batch), consumers, cores())
        results.add(CAPACITY, f"{PREDICTED}: {name}", predicted)
        measured = results.median(CAPACITY, f"{MEASURED}: {name}")
        assert measured is not None
        deviations.append(100 * (predicted / measured - 1))
    results.add(CAPACITY, DEVIATION, max(map(abs, deviations)))
    noted = ", ".join(number(deviation) for deviation in deviations)
    results.add_note(CAPACITY, f"Deviations of the predictions, in their order: {noted} %.")

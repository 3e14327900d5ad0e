"""What a reading costs one consumer, and what the model predicts of other consumers and batch sizes.

The costs are measured right before what is predicted from them: the speed of the machine changes by a third
within minutes.
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
MEASURED, PREDICTED, DEVIATION = "measured", "predicted", "deviation, %"


def measure(bench: Bench) -> None:
    """Measure the costs of one consumer at two batch sizes, and compare what is predicted from them.

    Raises:
        BenchmarkFailed: When the processes of broker and database are not visible.
    """
    if {BROKER, DATABASE} - bench.environment.processes.keys():
        raise BenchmarkFailed("the processes of broker and database run on another machine")
    cases = {
        case(consumers, batch): partial(_compare, bench, consumers, batch)
        for consumers, batch in bench.plan.capacity_cases
    }
    bench.run_rounds(CAPACITY, {"queue": partial(_deliver, bench), **cases})
    medians = [bench.results.median(CAPACITY, f"{name}: {DEVIATION}") or 0.0 for name in cases]
    noted = ", ".join(map(number, medians))
    bench.results.add_note(CAPACITY, f"Median deviations of the predictions, in their order: {noted} %.")


def _compare(bench: Bench, consumers: int, batch: int) -> None:
    sizes = bench.plan.capacity_costs
    measured = {size: _consume(bench, 1, size) for size in sizes if batch not in sizes or size == batch}
    predicted = stored_per_second(costs_of_batch(measured, batch), consumers, cores())
    rate = 1 / _consume(bench, consumers, batch).elapsed
    name = case(consumers, batch)
    bench.results.add(CAPACITY, f"{name}: {PREDICTED}", predicted)
    bench.results.add(CAPACITY, f"{name}: {DEVIATION}", 100 * (predicted / rate - 1))


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


def _consume(bench: Bench, consumers: int, batch: int) -> Costs:
    """Return the costs of a reading while so many consumers empty a queue."""
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
    bench.results.add(CAPACITY, f"{name}: {MEASURED}", rate)
    machine, broker, database = used.pop(MACHINE), used.pop(BROKER), used.pop(DATABASE)
    consumer = sum(used.values())
    other = max(0.0, machine - broker - database - consumer)
    costs = Costs(1 / rate, *(seconds / messages for seconds in (consumer, broker, database, other)))
    for part, seconds in costs._asdict().items():
        _add_cost(bench, f"{name}: {part}", seconds)
    if batch == max(bench.plan.capacity_costs) and consumers == 1:
        bench.results.add(CAPACITY, "bytes per reading", bench.database.stored_bytes() / messages)
    return costs


def _add_cost(bench: Bench, name: str, seconds: float) -> None:
    bench.results.add(CAPACITY, f"{name}, µs", seconds * MICROSECONDS)

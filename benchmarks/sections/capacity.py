"""What a reading costs broker, consumer and database, and what the model predicts of whole consumers.

Receiving and storing are each measured alone, whole consumers in the same shuffled rounds. The
fastest round counts of each, since other programs only slow it down.
"""

import json
import sys
from functools import partial

from benchmarks.bench import Bench, cores
from benchmarks.capacity import costs_of, stored_per_second
from benchmarks.consuming import LIMIT_SECONDS, consume
from benchmarks.contenders import project
from benchmarks.environment import BROKER, DATABASE
from benchmarks.plan import CAPACITY
from benchmarks.results import number
from benchmarks.usage import Usage
from benchmarks.waiting import BenchmarkFailed, wait_until

PARTS = (sys.executable, "-m", "benchmarks.capacity_parts")
MICROSECONDS = 1e6
MEASURED, PREDICTED, DEVIATION = "measured", "predicted", "largest deviation, %"


def measure(bench: Bench) -> None:
    """Measure the costs and whole consumers, and predict the latter from the former.

    Raises:
        BenchmarkFailed: When the processes of broker and database are not visible.
    """
    if {BROKER, DATABASE} - bench.environment.processes.keys():
        raise BenchmarkFailed("the processes of broker and database run on another machine")
    runs = {}
    for batch, messages in bench.plan.capacity_messages.items():
        runs[f"receive {batch}"] = partial(_receive, bench, batch, messages)
        runs[f"store {batch}"] = partial(_store, bench, batch, messages)
        for replicas in bench.plan.capacity_consumers:
            runs[case(replicas, batch)] = partial(_whole, bench, replicas, batch, messages)
    bench.run_rounds(CAPACITY, runs)
    _predict(bench)


def case(consumers: int, batch: int) -> str:
    """Return the name of a case."""
    return f"{consumers} with batches of {batch}"


def _receive(bench: Bench, batch: int, messages: int) -> None:
    with bench.broker.queue() as queue:
        broker = Usage({BROKER: bench.environment.processes[BROKER]})
        before = broker.cpu_seconds()[BROKER]
        bench.broker.fill(queue, bench.messages.get(messages))
        filled = broker.cpu_seconds()[BROKER]
        bench.results.add(CAPACITY, "publish: server", (filled - before) / messages * MICROSECONDS)
        _part(bench, "receive", BROKER, batch, messages, queue)


def _store(bench: Bench, batch: int, messages: int) -> None:
    bench.database.truncate_all()
    _part(bench, "store", DATABASE, batch, messages, "unused")
    if bench.database.count("reading") != messages:
        raise BenchmarkFailed(f"{bench.database.count('reading')} rows of {messages} were stored")
    if batch == max(bench.plan.capacity_messages):
        bench.results.add(CAPACITY, "bytes per reading", bench.database.stored_bytes() / messages)


def _part(bench: Bench, part: str, server: str, batch: int, messages: int, queue: str) -> None:
    usage = Usage({server: bench.environment.processes[server]})
    before = usage.cpu_seconds()[server]
    variables = {"QUEUE_NAME": queue, "BATCH_SIZE": str(batch), "MESSAGES": str(messages)}
    with bench.processes.running(part, (*PARTS, part), variables) as processes:
        wait_until(processes[0].has_finished, LIMIT_SECONDS, f"{part} ends")
        used = usage.cpu_seconds()[server] - before
    last_line = processes[0].log.read_text(encoding="utf-8").splitlines()[-1]
    for what, seconds in {**json.loads(last_line), "server": used}.items():
        bench.results.add(CAPACITY, f"{part} {batch}: {what}", seconds / messages * MICROSECONDS)


def _whole(bench: Bench, replicas: int, batch: int, messages: int) -> None:
    rate = consume(bench, project(batch), messages, replicas=replicas)
    bench.results.add(CAPACITY, f"{MEASURED}: {case(replicas, batch)}", rate)


def _predict(bench: Bench) -> None:
    deviations = []
    for batch in bench.plan.capacity_messages:
        costs = costs_of(bench.results, batch)
        for replicas in bench.plan.capacity_consumers:
            predicted = stored_per_second(costs, replicas, cores(), in_batches=batch > 1)
            bench.results.add(CAPACITY, f"{PREDICTED}: {case(replicas, batch)}", predicted)
            measured = max(bench.results.rounds(CAPACITY, f"{MEASURED}: {case(replicas, batch)}"))
            deviations.append(100 * abs(predicted / measured - 1))
    bench.results.add(CAPACITY, DEVIATION, max(deviations))
    noted = ", ".join(number(deviation) for deviation in deviations)
    bench.results.add_note(CAPACITY, f"Costs are in µs per reading. Deviations: {noted} %.")

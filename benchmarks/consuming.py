"""Times consumers on a queue that was filled before, by what the database says of their commits."""

from collections.abc import Callable, Sequence

from benchmarks.bench import Bench
from benchmarks.contenders import Contender
from benchmarks.processes import Process
from benchmarks.waiting import BenchFailed, eventually

START_SECONDS = 60
SLOWEST_A_SECOND = 20
LAST_SECONDS = 60
LIMIT_SECONDS = 300


def consume(bench: Bench, variant: Contender, messages: int, *, copies: int = 1, **variables: str) -> float:
    """Messages a second of so many consumers together, from the first commit to the last.

    Raises BenchFailed unless each message has become one row and nothing is left in the queue; a consumer
    that ends between the commit of its last message and the ack leaves that one.
    """
    bench.database.wipe()
    with bench.broker.queue() as queue:
        settings = {"QUEUE_NAME": queue, **variant.variables, **variables}
        with bench.processes.running(variant.key, variant.command, settings, copies) as consumers:
            _await(lambda: bench.broker.consumers(queue) == copies, consumers, START_SECONDS)
            _fill_while_paused(bench, queue, messages, consumers)
            _await(lambda: not bench.broker.ready(queue), consumers, 60 + messages / SLOWEST_A_SECOND)
            _await(lambda: bench.database.count(variant.table) >= messages, consumers, LAST_SECONDS)
        _verify(bench, variant, queue, messages, in_hand=copies)
    return bench.database.rate(variant.table)


def run_limit(bench: Bench, variant: Contender, messages: int, *, queued: int = 0, rows: int = 0) -> float:
    """Messages a second as a bare limit prints it; `queued` are there before, `rows` must be there after."""
    bench.database.wipe()
    with bench.broker.queue() as queue:
        bench.broker.fill(queue, bench.messages.first(queued))
        settings = {"QUEUE_NAME": queue, "MESSAGES": str(messages)}
        with bench.processes.running(variant.key, variant.command, settings) as limits:
            eventually(limits[0].finished, LIMIT_SECONDS, f"{variant.title} ends")
        _verify(bench, variant, queue, rows)
    return float(limits[0].log.read_text(encoding="utf-8").split()[-1])


def _fill_while_paused(bench: Bench, queue: str, messages: int, consumers: Sequence[Process]) -> None:
    """All begin together, on a queue that is full, and their start does not count."""
    for consumer in consumers:
        consumer.pause()
    bench.broker.put(queue, bench.messages.first(messages))
    for consumer in consumers:
        consumer.resume()


def _await(condition: Callable[[], bool], consumers: Sequence[Process], seconds: float) -> None:
    def holds() -> bool:
        for consumer in consumers:
            consumer.check()
        return condition()

    eventually(holds, seconds, f"{consumers[0].name} has done its work")


def _verify(bench: Bench, variant: Contender, queue: str, rows: int, *, in_hand: int = 0) -> None:
    found, left = bench.database.count(variant.table), bench.broker.ready(queue)
    if found != rows or left > in_hand:
        raise BenchFailed(f"{variant.title}: {found} rows of {rows}, {left} messages left in the queue")

"""Measuring consumers on a prefilled queue, by the commit timestamps in the database."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from benchmarks.bench import Bench
from benchmarks.contenders import Contender
from benchmarks.processes import Process
from benchmarks.waiting import BenchmarkFailed, wait_until

START_SECONDS = 60
MIN_RATE = 20
COMMIT_SECONDS = 60
LIMIT_SECONDS = 300
Observe = Callable[[Sequence[Process]], AbstractContextManager[object]]


def consume(
    bench: Bench,
    contender: Contender,
    messages: int,
    *,
    replicas: int = 1,
    observe: Observe = nullcontext,
    **variables: str,
) -> float:
    """Return the messages per second of all replicas together, from the first commit to the last.

    While the replicas consume, the block of `observe` runs.

    A consumer that is stopped between the commit of its last message and the ack leaves that message in the
    queue.

    Raises:
        BenchmarkFailed: When a message did not become exactly one row, or more messages remain than that.
    """
    bench.database.truncate_all()
    with bench.broker.queue() as queue:
        settings = {"QUEUE_NAME": queue, **contender.variables, **variables}
        with bench.processes.running(contender.key, contender.command, settings, replicas) as consumers:
            _await(lambda: bench.broker.consumer_count(queue) == replicas, consumers, START_SECONDS)
            _fill_while_paused(bench, queue, messages, consumers)
            with observe(consumers):
                for consumer in consumers:
                    consumer.resume()
                _await(lambda: not bench.broker.ready_count(queue), consumers, 60 + messages / MIN_RATE)
                _await(lambda: bench.database.count(contender.table) >= messages, consumers, COMMIT_SECONDS)
        _verify(bench, contender, queue, messages, max_remaining=replicas)
    return bench.database.commit_rate(contender.table)


def run_limit(bench: Bench, contender: Contender, messages: int, *, queued: int = 0, rows: int = 0) -> float:
    """Return the rate that a limit prints; it consumes `queued` messages and writes `rows` rows."""
    bench.database.truncate_all()
    with bench.broker.queue() as queue:
        bench.broker.fill(queue, bench.messages.get(queued))
        settings = {"QUEUE_NAME": queue, "MESSAGES": str(messages)}
        with bench.processes.running(contender.key, contender.command, settings) as limits:
            wait_until(limits[0].has_finished, LIMIT_SECONDS, f"{contender.title} exits")
        _verify(bench, contender, queue, rows)
    return float(limits[0].log.read_text(encoding="utf-8").split()[-1])


def _fill_while_paused(bench: Bench, queue: str, messages: int, consumers: Sequence[Process]) -> None:
    """Suspend the consumers and fill the queue, so that all start together on a full queue."""
    for consumer in consumers:
        consumer.pause()
    bench.broker.publish(queue, bench.messages.get(messages))


def _await(condition: Callable[[], bool], consumers: Sequence[Process], seconds: float) -> None:
    def holds() -> bool:
        for consumer in consumers:
            consumer.raise_if_failed()
        return condition()

    wait_until(holds, seconds, f"{consumers[0].name} has completed its work")


def _verify(bench: Bench, contender: Contender, queue: str, rows: int, *, max_remaining: int = 0) -> None:
    found, remaining = bench.database.count(contender.table), bench.broker.ready_count(queue)
    if found != rows or remaining > max_remaining:
        raise BenchmarkFailed(
            f"{contender.title}: {found} rows of {rows}, {remaining} messages remain in the queue"
        )

"""One, two and three consumers on one queue, without work and with 20 ms of it on each message."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import consume
from benchmarks.contenders import project
from benchmarks.plan import CONSUMERS

COPIES = (1, 2, 3)
WORK_MILLISECONDS = (0, 20)


def measure(bench: Bench) -> None:
    """Messages a second of all consumers together."""
    runs = {
        key(copies, work): partial(_measure, bench, copies, work)
        for work in WORK_MILLISECONDS
        for copies in COPIES
    }
    bench.interleave(CONSUMERS, runs)


def key(copies: int, work: int) -> str:
    """The key of so many consumers with so many milliseconds of work."""
    return f"{copies} at {work} ms"


def _measure(bench: Bench, copies: int, work: int) -> None:
    seconds = f"{work / 1000:g}"
    messages = bench.plan.working_messages if work else bench.plan.messages
    rate = consume(
        bench,
        project(),
        messages,
        copies=copies,
        PROCESSING_SECONDS_MIN=seconds,
        PROCESSING_SECONDS_MAX=seconds,
    )
    plural = "" if copies == 1 else "s"
    bench.results.add(CONSUMERS, key(copies, work), rate, f"{copies} consumer{plural}, {work} ms of work")

"""One, two and three consumers on one queue, without work and with 20 ms of work per message."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import consume
from benchmarks.contenders import project
from benchmarks.plan import CONSUMERS

REPLICAS = (1, 2, 3)
WORK_MILLISECONDS = (0, 20)


def measure(bench: Bench) -> None:
    """Measure the messages per second of all consumers together."""
    runs = {
        key(replicas, work): partial(_measure, bench, replicas, work)
        for work in WORK_MILLISECONDS
        for replicas in REPLICAS
    }
    bench.run_rounds(CONSUMERS, runs)


def key(replicas: int, work: int) -> str:
    """Return the key for this number of consumers and milliseconds of work."""
    return f"{replicas} at {work} ms"


def _measure(bench: Bench, replicas: int, work: int) -> None:
    seconds = f"{work / 1000:g}"
    messages = bench.plan.working_messages if work else bench.plan.messages
    rate = consume(
        bench,
        project(),
        messages,
        replicas=replicas,
        PROCESSING_SECONDS_MIN=seconds,
        PROCESSING_SECONDS_MAX=seconds,
    )
    plural = "" if replicas == 1 else "s"
    bench.results.add(CONSUMERS, key(replicas, work), rate, f"{replicas} consumer{plural}, {work} ms of work")

"""This project with batches, compared with draining the queue alone and COPY alone."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import consume, run_limit
from benchmarks.contenders import Contender, limit, project
from benchmarks.plan import BATCHES

LIMIT_BATCH = 500


def measure(bench: Bench) -> None:
    """Measure the messages per second of each batch size, and of the limits."""
    sizes = bench.plan.batches
    runs = {str(size): partial(_batch, bench, size, messages) for size, messages in sizes.items()}
    messages = sizes[LIMIT_BATCH]
    for contender in bench.available(BATCHES, [limit(bench.peers_python, key) for key in ("drain", "copy")]):
        runs[contender.key] = partial(_limit, bench, contender, messages)
    bench.run_rounds(BATCHES, runs)


def _batch(bench: Bench, size: int, messages: int) -> None:
    contender = project(size)
    bench.results.add(BATCHES, str(size), consume(bench, contender, messages), f"batches of {size:,}")


def _limit(bench: Bench, contender: Contender, messages: int) -> None:
    arguments = {"queued": messages} if contender.key == "drain" else {"rows": messages}
    bench.results.add(
        BATCHES, contender.key, run_limit(bench, contender, messages, **arguments), contender.title
    )

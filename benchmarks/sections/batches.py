"""This project in batches, beside a bare drain of the queue and COPY alone."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import consume, run_limit
from benchmarks.contenders import Contender, limit, project
from benchmarks.plan import BATCHES

LIMIT_BATCH = 500


def measure(bench: Bench) -> None:
    """Messages a second of each; the limits take as many messages as batches of 500."""
    sizes = bench.plan.batches
    runs = {str(size): partial(_batch, bench, size, messages) for size, messages in sizes.items()}
    messages = sizes[LIMIT_BATCH]
    for variant in bench.present([limit(bench.peers_python, key) for key in ("drain", "copy")]):
        runs[variant.key] = partial(_limit, bench, variant, messages)
    bench.interleave(BATCHES, runs)


def _batch(bench: Bench, size: int, messages: int) -> None:
    variant = project(size)
    bench.results.add(BATCHES, str(size), consume(bench, variant, messages), f"batches of {size:,}")


def _limit(bench: Bench, variant: Contender, messages: int) -> None:
    where = {"queued": messages} if variant.key == "drain" else {"rows": messages}
    bench.results.add(BATCHES, variant.key, run_limit(bench, variant, messages, **where), variant.title)

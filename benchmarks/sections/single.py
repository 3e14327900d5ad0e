"""One consumer at prefetch 1, beside its peers and the bare limits."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import consume, run_limit
from benchmarks.contenders import Contender, consumers, limit
from benchmarks.plan import SINGLE


def measure(bench: Bench) -> None:
    """Messages a second of each."""
    peers = bench.present(consumers(bench.peers_python))
    limits = bench.present([limit(bench.peers_python, key) for key in ("consume", "commits")])
    runs = {variant.key: partial(_consumer, bench, variant) for variant in peers}
    runs |= {variant.key: partial(_limit, bench, variant) for variant in limits}
    bench.interleave(SINGLE, runs)


def _consumer(bench: Bench, variant: Contender) -> None:
    bench.results.add(SINGLE, variant.key, consume(bench, variant, bench.plan.messages), variant.title)


def _limit(bench: Bench, variant: Contender) -> None:
    messages = bench.plan.messages
    where = {"queued": messages} if variant.key == "consume" else {"rows": messages}
    bench.results.add(SINGLE, variant.key, run_limit(bench, variant, messages, **where), variant.title)

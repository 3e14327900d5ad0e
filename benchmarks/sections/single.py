"""One consumer at prefetch 1, compared with its peers and the limits."""

from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import consume, run_limit
from benchmarks.contenders import Contender, consumers, limit
from benchmarks.plan import SINGLE


def measure(bench: Bench) -> None:
    """Measure the messages per second of each."""
    peers = bench.available(SINGLE, consumers(bench.peers_python))
    limits = bench.available(SINGLE, [limit(bench.peers_python, key) for key in ("consume", "commits")])
    runs = {contender.key: partial(_consumer, bench, contender) for contender in peers}
    runs |= {contender.key: partial(_limit, bench, contender) for contender in limits}
    bench.run_rounds(SINGLE, runs)


def _consumer(bench: Bench, contender: Contender) -> None:
    bench.results.add(SINGLE, contender.key, consume(bench, contender, bench.plan.messages), contender.title)


def _limit(bench: Bench, contender: Contender) -> None:
    messages = bench.plan.messages
    arguments = {"queued": messages} if contender.key == "consume" else {"rows": messages}
    bench.results.add(
        SINGLE, contender.key, run_limit(bench, contender, messages, **arguments), contender.title
    )

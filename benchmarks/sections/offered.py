"""What consumers store, and how late, while clients offer readings at a rate, up to more than can be stored.

Unlike `load`, it measures what is committed within the window: beyond the limit a queue grows, and most of it
is never stored. The queue is then deleted.
"""

import math
import sys
import time
from dataclasses import replace
from datetime import datetime
from functools import partial

from benchmarks.bench import Bench
from benchmarks.consuming import START_SECONDS
from benchmarks.contenders import Contender, auto, classic, consumers, limit, project
from benchmarks.environment import ROOT
from benchmarks.plan import OFFERED
from benchmarks.processes import Process
from benchmarks.results import percentile
from benchmarks.usage import Usage
from benchmarks.waiting import BenchmarkFailed, wait_until
from messaging.topology import BINDING_KEY

CLIENT = ("-m", "benchmarks.load_client")
READINGS_PER_CLIENT = 5_000  # per second; a higher rate needs more clients
SETTLE_SECONDS = 2.0
MAX_SECONDS = 60.0
MAX_CLIENT_SECONDS = 300
PERCENTILES = (50, 99)
MILLISECONDS = 1000
BARE, CLASSIC, COMMITS = "consume", "consume-classic", "commits"
COMMITTED_ROWS = "50000"  # more than a run commits; they are created before it
STORED_METRIC = "pipeline_readings_stored_total"


def measure(bench: Bench) -> None:
    """Measure each mode with one and three consumers, each peer, and the limits, at each rate."""
    peers = [peer for peer in consumers(bench.peers_python) if peer.key != project().key]
    runs = {}
    for contender in bench.available(OFFERED, [project(), project(500), auto()]):
        for replicas in (1, 3):
            for rate in bench.plan.offered:
                runs[key(contender.key, replicas, rate)] = partial(_measure, bench, contender, replicas, rate)
    bare = limit(bench.peers_python, BARE)
    commits = replace(limit(bench.peers_python, COMMITS), variables={"MESSAGES": COMMITTED_ROWS})
    others = [*peers, bare, classic(bare), commits] if bench.plan.offered_peers else []
    for contender in bench.available(OFFERED, others):
        for rate in bench.plan.offered_peers:
            runs[key(contender.key, 1, rate)] = partial(_measure, bench, contender, 1, rate)
    bench.run_rounds(OFFERED, runs, bench.plan.offered_rounds)


def key(contender: str, replicas: int, rate: int, measure: str = "") -> str:
    """Return the key of a measure of this many consumers at an offered rate."""
    return "/".join(filter(None, (contender, str(replicas), str(rate), measure)))


def window_seconds(rate: int, seconds: float, messages: int) -> float:
    """Return how long to measure: longer at low rates, where few messages make no percentile."""
    return min(MAX_SECONDS, max(seconds, messages / rate))


def _measure(bench: Bench, contender: Contender, replicas: int, rate: int) -> None:
    seconds = window_seconds(rate, bench.plan.offered_seconds, bench.plan.offered_messages)
    clients = math.ceil(rate / READINGS_PER_CLIENT)
    offering = {
        "RATE": str(rate / clients),
        "SECONDS": str(MAX_CLIENT_SECONDS),
        "PYTHONPATH": str(ROOT),
    }
    bench.database.truncate_all()
    flush_seconds = bench.database.flush_seconds()
    with bench.broker.queue(binding=BINDING_KEY, classic=contender.key == CLASSIC) as queue:
        variables = {"QUEUE_NAME": queue, "MESSAGES": str(MAX_CLIENT_SECONDS * rate), **contender.variables}
        with bench.processes.running(contender.key, contender.command, variables, replicas) as running:
            started = partial(_has_started, bench, contender, replicas, queue)
            wait_until(started, START_SECONDS, f"{contender.title} has started")
            command = (sys.executable, *CLIENT)
            with bench.processes.running("client", command, offering, clients) as senders:
                begin, end, used = _observe(bench, running, senders, seconds)
            shares = [consumer.metric(STORED_METRIC) for consumer in running]
    add = partial(_add, bench, contender, replicas, rate)
    add("confirmed", sum(map(_printed, senders)))
    if contender.key in (BARE, CLASSIC):
        add("stored", _printed(running[0]))
        return
    delays = bench.database.delays(contender.table, begin, end)
    if not delays:
        raise BenchmarkFailed(f"{contender.title} stored nothing within the window at {rate} per second")
    add("stored", len(delays) / seconds)
    if contender.key == COMMITS:
        return
    for percent in PERCENTILES:
        add(f"p{percent}", (percentile(delays, percent) + flush_seconds) * MILLISECONDS)
    add("cpu", used / len(delays) * MILLISECONDS)
    if replicas > 1 and min(shares):
        add("share", max(shares) / min(shares))


def _has_started(bench: Bench, contender: Contender, replicas: int, queue: str) -> bool:
    if contender.key == COMMITS:
        return bench.database.count(contender.table) > 0
    return bench.broker.consumer_count(queue) == replicas


def _observe(
    bench: Bench, running: list[Process], senders: list[Process], seconds: float
) -> tuple[datetime, datetime, float]:
    """Return the window's times, and the seconds of processor time that the consumers used in it."""
    usage = Usage({process.name: process.pid for process in running})
    time.sleep(SETTLE_SECONDS)
    begin, before = bench.database.now(), sum(usage.cpu_seconds().values())
    time.sleep(seconds)
    end, after = bench.database.now(), sum(usage.cpu_seconds().values())
    for process in (*running, *senders):
        process.raise_if_failed()
    return begin, end, after - before


def _printed(process: Process) -> float:
    """Return the number that a process printed at its end."""
    return float(process.log.read_text(encoding="utf-8").split()[-1])


def _add(bench: Bench, contender: Contender, replicas: int, rate: int, measure: str, value: float) -> None:
    bench.results.add(OFFERED, key(contender.key, replicas, rate, measure), value)
    title = contender.title if replicas == 1 else f"{contender.title}, {replicas} consumers"
    bench.results.titles[f"{OFFERED}/{contender.key}/{replicas}"] = title

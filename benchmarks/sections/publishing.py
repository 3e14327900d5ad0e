"""How fast readings get to the broker: a sensor with confirms, a bare confirm loop, and in bulk."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.contenders import SENSOR, SENSORCTL, Contender, limit
from benchmarks.plan import PUBLISHING
from benchmarks.recording import write_recording
from benchmarks.waiting import BenchFailed, eventually

LIMIT_SECONDS = 300
# The first messages pass while the process still starts: a sensor measures all of them at once.
SKIPPED_SHARE = 0.1
POLL_SECONDS = 0.02
NO_INTERVAL = "0.00001"


def measure(bench: Bench) -> None:
    """Messages a second, by the growth of the queue."""
    bare = [limit(bench.peers_python, key) for key in ("confirm", "publish")]
    variants = bench.present([Contender("sensor", "a sensor, every reading confirmed", SENSOR), *bare])
    runs = {variant.key: partial(_measure, bench, variant) for variant in variants}
    if bench.plan.wants("import"):
        runs["import"] = partial(_import, bench)
    bench.interleave(PUBLISHING, runs)


def _measure(bench: Bench, variant: Contender) -> None:
    messages = bench.plan.publish_messages
    rate = _timed(bench, variant.key, variant.command, messages, _variables(bench, messages))
    bench.results.add(PUBLISHING, variant.key, rate, variant.title)


def _import(bench: Bench) -> None:
    messages = bench.plan.bulk_messages
    file = bench.processes.directory / "bulk.jsonl"
    file.write_bytes(b"\n".join([*bench.messages.first(messages), b""]))
    # Nobody consumes, so it may not wait for that.
    command = (*SENSORCTL, "import", str(file), "--most-waiting", "0")
    rate = _timed(bench, "import", command, messages, {})
    bench.results.add(PUBLISHING, "import", rate, "sensorctl import")


def _timed(
    bench: Bench, name: str, command: Sequence[str], messages: int, variables: Mapping[str, str]
) -> float:
    """Messages a second while the queue grows from a tenth of them to nearly all."""
    growth = []
    with (
        bench.broker.queue(bound=True) as queue,
        bench.processes.running(name, command, {"QUEUE_NAME": queue, **variables}) as publishers,
    ):
        deadline = time.monotonic() + LIMIT_SECONDS
        while (ready := bench.broker.ready(queue)) < messages:
            growth.append((time.perf_counter(), ready))
            publishers[0].check()
            if time.monotonic() > deadline:
                raise BenchFailed(f"{name} has published {ready} of {messages}")
            time.sleep(POLL_SECONDS)
        growth.append((time.perf_counter(), ready))
        eventually(publishers[0].finished, LIMIT_SECONDS, f"{name} ends")
        if bench.broker.ready(queue) != messages:
            raise BenchFailed(f"{name} published more than its {messages} messages")
    return _slope(name, growth, messages)


def _slope(name: str, growth: Sequence[tuple[float, int]], messages: int) -> float:
    began, before = next(point for point in growth if point[1] >= SKIPPED_SHARE * messages)
    ended, after = growth[-1]
    if ended == began:
        raise BenchFailed(f"{name}: {messages} messages are too few to be timed")
    return (after - before) / (ended - began)


def _variables(bench: Bench, messages: int) -> dict[str, str]:
    """A finite recording makes a sensor end when all of it is delivered."""
    recording = write_recording(bench.processes.directory / "publishing.csv", messages)
    return {"MESSAGES": str(messages), **replaying(recording, NO_INTERVAL), **outbox(bench, "publishing")}


def replaying(recording: Path, interval: str) -> dict[str, str]:
    """The variables of a sensor that measures a recording once."""
    return {
        "SENSOR_SOURCE": f"replay:{recording}",
        "SENSOR_INTERVAL_SECONDS": interval,
        "REPLAY_LOOP": "false",
    }


def outbox(bench: Bench, name: str) -> dict[str, str]:
    """The variable of a sensor's outbox."""
    return {"OUTBOX_PATH": str(bench.processes.directory / f"outbox-{name}.sqlite3")}

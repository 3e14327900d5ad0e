"""Publishing: a sensor with confirms, a bare confirm loop, without confirms, and in bulk."""

import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.contenders import SENSOR, SENSORCTL, Contender, limit
from benchmarks.plan import PUBLISHING
from benchmarks.recording import write_recording
from benchmarks.waiting import BenchmarkFailed, wait_until
from messaging.topology import BINDING_KEY

LIMIT_SECONDS = 300
# The first messages do not count: they are published while the process still starts.
SKIPPED_SHARE = 0.1
POLL_SECONDS = 0.02
NO_INTERVAL = "0.00001"


def measure(bench: Bench) -> None:
    """Measure the messages per second by the growth of the queue."""
    bare = [limit(bench.peers_python, key) for key in ("confirm", "publish")]
    contenders = bench.available(
        PUBLISHING, [Contender("sensor", "a sensor, every reading confirmed", SENSOR), *bare]
    )
    runs = {contender.key: partial(_measure, bench, contender) for contender in contenders}
    if bench.plan.includes("import"):
        runs["import"] = partial(_import, bench)
    bench.run_rounds(PUBLISHING, runs)


def _measure(bench: Bench, contender: Contender) -> None:
    messages = bench.plan.publish_messages
    rate = _measure_rate(bench, contender.key, contender.command, messages, _variables(bench, messages))
    bench.results.add(PUBLISHING, contender.key, rate, contender.title)


def _import(bench: Bench) -> None:
    messages = bench.plan.bulk_messages
    file = bench.processes.directory / "bulk.jsonl"
    file.write_bytes(b"\n".join([*bench.messages.get(messages), b""]))
    # There is no consumer, so it must not wait for the queue to become shorter.
    command = (*SENSORCTL, "import", str(file), "--max-queue-depth", "0")
    rate = _measure_rate(bench, "import", command, messages, {})
    bench.results.add(PUBLISHING, "import", rate, "sensorctl import")


def _measure_rate(
    bench: Bench, name: str, command: Sequence[str], messages: int, variables: Mapping[str, str]
) -> float:
    """Return the messages per second while the queue grows from a tenth of them to nearly all.

    Raises:
        BenchmarkFailed: When it publishes too few or too many messages.
    """
    growth = []
    with (
        bench.broker.queue(binding=BINDING_KEY) as queue,
        bench.processes.running(name, command, {"QUEUE_NAME": queue, **variables}) as publishers,
    ):
        deadline = time.monotonic() + LIMIT_SECONDS
        while (ready := bench.broker.ready_count(queue)) < messages:
            growth.append((time.perf_counter(), ready))
            publishers[0].raise_if_failed()
            if time.monotonic() > deadline:
                raise BenchmarkFailed(f"{name} has published {ready} of {messages}")
            time.sleep(POLL_SECONDS)
        growth.append((time.perf_counter(), ready))
        wait_until(publishers[0].has_finished, LIMIT_SECONDS, f"{name} ends")
        if bench.broker.ready_count(queue) != messages:
            raise BenchmarkFailed(f"{name} published more than its {messages} messages")
    return _slope(name, growth, messages)


def _slope(name: str, growth: Sequence[tuple[float, int]], messages: int) -> float:
    started_at, before = next(point for point in growth if point[1] >= SKIPPED_SHARE * messages)
    ended, after = growth[-1]
    if ended == started_at:
        raise BenchmarkFailed(f"{name}: {messages} messages are too few to be measured")
    return (after - before) / (ended - started_at)


def _variables(bench: Bench, messages: int) -> dict[str, str]:
    """Return the variables of a publisher; a sensor exits at the end of its recording."""
    recording = write_recording(bench.processes.directory / "publishing.csv", messages)
    return {
        "MESSAGES": str(messages),
        **replay_variables(recording, NO_INTERVAL),
        **outbox_variables(bench, "publishing"),
    }


def replay_variables(recording: Path, interval: str) -> dict[str, str]:
    """Return the variables of a sensor that replays a recording once."""
    return {
        "SENSOR_SOURCE": f"replay:{recording}",
        "SENSOR_INTERVAL_SECONDS": interval,
        "REPLAY_LOOP": "false",
    }


def outbox_variables(bench: Bench, name: str) -> dict[str, str]:
    """Return the variable of a sensor's outbox."""
    return {"OUTBOX_PATH": str(bench.processes.directory / f"outbox-{name}.sqlite3")}

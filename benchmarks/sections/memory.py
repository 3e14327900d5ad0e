"""The memory of a consumer and a sensor while they process a million messages."""

import time
from collections.abc import Callable
from statistics import median

from benchmarks.bench import Bench
from benchmarks.contenders import PIPELINE, SENSOR
from benchmarks.plan import MEMORY
from benchmarks.processes import Process
from benchmarks.results import Curve
from benchmarks.sections.publishing import outbox_variables
from benchmarks.usage import resident_megabytes
from messaging.topology import BINDING_KEY

PUBLISH_CHUNK = 2_000
MAX_QUEUE_DEPTH = 20_000
BATCH_SIZE = "500"
SAMPLE_SECONDS = 0.5
# Nearly the fastest rate of a sensor; the queue keeps only the newest messages.
SENSOR_INTERVAL = "0.0002"
QUEUE_LENGTH = 1_000
STORED = "pipeline_readings_stored_total"
CONFIRMED = "sensor_readings_confirmed_total"


def measure(bench: Bench) -> None:
    """Measure each until it has processed all messages or its time is up."""
    task = bench.progress.add_task("memory", total=2)
    for title, measure_process in (("consumer", _consumer), ("sensor", _sensor)):
        bench.progress.update(task, description=f"memory: {title}")
        measure_process(bench)
        bench.progress.advance(task)


def _consumer(bench: Bench) -> None:
    bench.database.truncate_all()
    with bench.broker.queue() as queue:
        variables = {"QUEUE_NAME": queue, "BATCH_SIZE": BATCH_SIZE}
        with bench.processes.running("pipeline", PIPELINE, variables) as consumers:
            _observe(bench, "consumer", consumers[0], STORED, _feeder(bench, queue))


def _feeder(bench: Bench, queue: str) -> Callable[[], None]:
    published = 0

    def feed() -> None:
        nonlocal published
        if published < bench.plan.memory_messages and bench.broker.ready_count(queue) < MAX_QUEUE_DEPTH:
            bench.broker.publish(
                queue, [bench.messages.body(number) for number in range(published, published + PUBLISH_CHUNK)]
            )
            published += PUBLISH_CHUNK

    return feed


def _sensor(bench: Bench) -> None:
    with bench.broker.queue(binding=BINDING_KEY, classic=True, max_length=QUEUE_LENGTH) as queue:
        variables = {
            "QUEUE_NAME": queue,
            "SENSOR_ID": "memory",
            "SENSOR_INTERVAL_SECONDS": SENSOR_INTERVAL,
            **outbox_variables(bench, "memory"),
        }
        with bench.processes.running("sensor", SENSOR, variables) as sensors:
            _observe(bench, "sensor", sensors[0], CONFIRMED, lambda: time.sleep(SAMPLE_SECONDS))


def _observe(bench: Bench, name: str, process: Process, counter: str, step: Callable[[], None]) -> None:
    process.await_ready()
    deadline = time.monotonic() + bench.plan.memory_seconds
    curve: Curve = []
    sampled_at = 0.0
    while not curve or curve[-1][0] < bench.plan.memory_messages:
        step()
        process.raise_if_failed()
        if time.monotonic() - sampled_at >= SAMPLE_SECONDS:
            curve.append((process.metric(counter), resident_megabytes(process.pid)))
            sampled_at = time.monotonic()
        if time.monotonic() > deadline:
            break
    bench.results.curves[f"{MEMORY}/{name}"] = curve
    bench.results.add(MEMORY, f"{name}/messages", curve[-1][0], f"{name}: messages processed")
    bench.results.add(MEMORY, f"{name}/megabytes", curve[-1][1], f"{name}: memory at the end, MB")
    bench.results.add(
        MEMORY, f"{name}/growth", growth(curve), f"{name}: memory at the end relative to that after a quarter"
    )


def growth(curve: Curve) -> float:
    """Return the memory in the last tenth relative to that around the first quarter of the messages."""
    last = curve[-1][0]
    early = [megabytes for messages, megabytes in curve if 0.2 * last <= messages <= 0.3 * last]
    late = [megabytes for messages, megabytes in curve if messages >= 0.9 * last]
    return median(late) / median(early or [curve[0][1]])

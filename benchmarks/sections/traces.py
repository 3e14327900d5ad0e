"""What traces cost at their default sampling: processor time per message with and without them.

A process with traces and one without run side by side, each on its own queue, and share a processor: the
speed of each processor of a virtual machine changes by more than traces cost. The first export does not
count: it loads the exporter and connects to the collector.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pika
from pika.spec import PERSISTENT_DELIVERY_MODE

from benchmarks.bench import Bench
from benchmarks.consuming import COMMIT_SECONDS, LIMIT_SECONDS, START_SECONDS
from benchmarks.contenders import SENSOR, project
from benchmarks.plan import TRACES
from benchmarks.processes import Process
from benchmarks.recording import write_recording
from benchmarks.sections.publishing import NO_INTERVAL, outbox_variables, replay_variables
from benchmarks.usage import Usage
from benchmarks.waiting import BenchmarkFailed, wait_until
from messaging.topology import routing_key
from native.ports import LOOPBACK
from readings.payload import CONTENT_TYPE, MESSAGE_TYPE
from runtime.tracing_settings import DEFAULT_RATIO

MICROSECONDS = 1_000_000
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
WARM_UP = 100
POLL_SECONDS = 0.02
# The start of the sensor does not count.
SKIPPED_SHARE = 0.2


def measure(bench: Bench) -> None:
    """Measure a consumer in each mode, and a sensor."""
    with _collector() as collector:
        runs = {
            str(batch): partial(_consume, bench, batch, collector) for batch in bench.plan.traces_messages
        }
        bench.run_rounds(TRACES, runs | {"sensor": partial(_publish, bench, collector)})


def _consume(bench: Bench, batch: int, collector: "_Collector") -> None:
    contender, messages = project(batch), bench.plan.traces_messages[batch]
    each = WARM_UP + messages
    bodies = bench.messages.get(2 * each)
    bench.database.truncate_all()
    stored = partial(bench.database.count, contender.table)
    has_exported = _next_export(collector)
    consumers = []
    with ExitStack() as stack:
        for is_traced, own in ((False, bodies[:each]), (True, bodies[each:])):
            queue = stack.enter_context(bench.broker.queue())
            settings = {"QUEUE_NAME": queue, **contender.variables}
            variables = settings | _variables(collector, is_traced=is_traced)
            running = bench.processes.running(contender.key, contender.command, variables)
            [consumer] = stack.enter_context(running)
            publish = partial(
                bench.broker.publish, queue, properties=partial(_properties, is_traced=is_traced)
            )
            publish(own[:WARM_UP])
            publish_others = partial(publish, own[WARM_UP:])
            consumers.append((_Subject(consumer, partial(_taken, bench, queue, messages)), publish_others))
        wait_until(lambda: stored() == 2 * WARM_UP, START_SECONDS, "both consume")
        wait_until(has_exported, START_SECONDS, "one exports")
        for subject, publish_others in consumers:
            subject.process.pause()
            publish_others()
        for subject, _ in consumers:
            subject.process.resume()
        costs = _compare([subject for subject, _ in consumers], messages)
        wait_until(lambda: stored() == len(bodies), LIMIT_SECONDS + COMMIT_SECONDS, "everything is stored")
    _add(bench, str(batch), "a consumer at prefetch 1" if batch == 1 else f"batches of {batch}", *costs)


def _taken(bench: Bench, queue: str, messages: int) -> int:
    return messages - bench.broker.ready_count(queue)


def _publish(bench: Bench, collector: "_Collector") -> None:
    messages = bench.plan.traces_published
    recording = write_recording(bench.processes.directory / "traces.csv", messages)
    has_exported = _next_export(collector)
    sensors = []
    with ExitStack() as stack:
        for is_traced in (False, True):
            sensor_id = f"traced-{is_traced}".lower()
            queue = stack.enter_context(bench.broker.queue(binding=routing_key(sensor_id)))
            settings = (
                {"SENSOR_ID": sensor_id, "QUEUE_NAME": queue}
                | _variables(collector, is_traced=is_traced)
                | replay_variables(recording, NO_INTERVAL)
                | outbox_variables(bench, sensor_id)
            )
            [process] = stack.enter_context(bench.processes.running("sensor", SENSOR, settings))
            sensors.append(_Subject(process, partial(bench.broker.ready_count, queue)))

        def have_started() -> bool:
            return has_exported() and all(each.messages() >= SKIPPED_SHARE * messages for each in sensors)

        wait_until(have_started, START_SECONDS, "both sensors publish, and one exports")
        costs = _compare(sensors, messages)
        for each in sensors:
            wait_until(each.process.has_finished, LIMIT_SECONDS, "the sensor ends")
    _add(bench, "sensor", "a sensor", *costs)


class _Subject:
    """A process, and how many messages it has handled so far."""

    def __init__(self, process: Process, handled: Callable[[], int]) -> None:
        self.process = process
        self._handled = handled

    def messages(self) -> int:
        """Return how many messages it has handled."""
        self.process.raise_if_failed()
        return self._handled()

    def read(self) -> tuple[int, float]:
        """Return how many messages it has handled, and its processor time in seconds."""
        return self.messages(), Usage({"process": self.process.pid}).cpu_seconds()["process"]


def _compare(subjects: Sequence[_Subject], total: int) -> list[float]:
    """Return the processor seconds per message of each, until the first has handled all of them.

    What the other does alone afterwards would cost it less, or more.

    Raises:
        BenchmarkFailed: When one handled nothing meanwhile.
    """
    shared = min(os.sched_getaffinity(0))
    for each in subjects:
        each.process.pin(shared)
    first = last = latest = [each.read() for each in subjects]
    deadline = time.monotonic() + LIMIT_SECONDS
    while all(messages < total for messages, _ in latest):
        last = latest
        latest = [each.read() for each in subjects]
        if time.monotonic() > deadline:
            raise BenchmarkFailed(f"{[messages for messages, _ in last]} of {total} messages were handled")
        time.sleep(POLL_SECONDS)
    if any(after == before for (after, _), (before, _) in zip(last, first, strict=True)):
        raise BenchmarkFailed(f"{total} messages are too few: all were handled before the first export")
    return [
        (used - used_before) / (messages - before)
        for (messages, used), (before, used_before) in zip(last, first, strict=True)
    ]


def _add(bench: Bench, key: str, title: str, without: float, traced: float) -> None:
    for state, name, seconds in (("off", "without", without), ("on", "with", traced)):
        full = f"{title} {name} traces: processor time per message, µs"
        bench.results.add(TRACES, f"{key}/{state}", seconds * MICROSECONDS, full)
    bench.results.add(TRACES, f"{key}/ratio", traced / without, f"{title}: with relative to without")


def _variables(collector: "_Collector", *, is_traced: bool) -> dict[str, str]:
    return {ENDPOINT: f"http://{LOOPBACK}:{collector.server_port}"} if is_traced else {}


def _next_export(collector: "_Collector") -> Callable[[], bool]:
    """Return whether the collector has received an export since now."""
    before = collector.exports
    return lambda: collector.exports > before


def _properties(number: int, *, is_traced: bool) -> pika.BasicProperties:
    """Return the properties of a sensor's message, with a trace context as often as sensors sample.

    The first one of each publication has one, so that there is an export.
    """
    has_trace = is_traced and (number == 0 or random.random() < DEFAULT_RATIO)  # noqa: S311 (a sample)
    headers = {"traceparent": f"00-{number + 1:032x}-{number + 1:016x}-01"} if has_trace else None
    return pika.BasicProperties(
        content_type=CONTENT_TYPE, delivery_mode=PERSISTENT_DELIVERY_MODE, type=MESSAGE_TYPE, headers=headers
    )


@contextmanager
def _collector() -> Iterator["_Collector"]:
    """Accept every export during the block."""
    with _Collector((LOOPBACK, 0), _Accept) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class _Collector(ThreadingHTTPServer):
    exports = 0


class _Accept(BaseHTTPRequestHandler):
    server: _Collector

    def do_POST(self) -> None:
        """Read the export and accept it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.exports += 1

    def log_message(self, *_: object) -> None:
        """Log nothing."""

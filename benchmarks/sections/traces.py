"""What traces cost at their default sampling: processor time per message with and without them.

The first export does not count: it loads the exporter and connects to the collector.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from native.ports import LOOPBACK
from readings.payload import CONTENT_TYPE, MESSAGE_TYPE

TRACED_EVERY = 100  # messages: the default sampling
MICROSECONDS = 1_000_000
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
WARM_UP = 100
# The start of the sensor does not count.
SKIPPED_SHARE = 0.4


def measure(bench: Bench) -> None:
    """Measure both in interleaved rounds."""
    with _collector() as collector:
        states = (None, collector)
        runs = {
            f"{batch}/{_state(found)}": partial(_consume, bench, batch, found)
            for batch in bench.plan.traces_messages
            for found in states
        }
        runs |= {f"sensor/{_state(found)}": partial(_publish, bench, found) for found in states}
        bench.run_rounds(TRACES, runs)


def _consume(bench: Bench, batch: int, collector: "_Collector | None") -> None:
    contender, messages = project(batch), bench.plan.traces_messages[batch]
    bodies = bench.messages.get(WARM_UP + messages)
    properties = partial(_properties, is_traced=collector is not None)
    bench.database.truncate_all()
    with bench.broker.queue() as queue:
        settings = {"QUEUE_NAME": queue, **contender.variables, **_variables(collector)}
        has_exported = _next_export(collector)
        with bench.processes.running(contender.key, contender.command, settings) as (consumer,):
            stored = partial(bench.database.count, contender.table)
            bench.broker.publish(queue, bodies[:WARM_UP], properties)
            wait_until(lambda: stored() == WARM_UP, START_SECONDS, "it consumes")
            wait_until(has_exported, START_SECONDS, "it exports")
            consumer.pause()
            bench.broker.publish(queue, bodies[WARM_UP:], properties)
            before = _cpu_seconds(consumer)
            consumer.resume()
            wait_until(
                lambda: stored() == len(bodies), LIMIT_SECONDS + COMMIT_SECONDS, "everything is stored"
            )
            used = _cpu_seconds(consumer) - before
    title = "a consumer at prefetch 1" if batch == 1 else f"a consumer in batches of {batch}"
    _add(bench, str(batch), used / messages, title, collector)


def _publish(bench: Bench, collector: "_Collector | None") -> None:
    messages = bench.plan.traces_published
    recording = write_recording(bench.processes.directory / "traces.csv", messages)
    settings = (
        _variables(collector)
        | replay_variables(recording, NO_INTERVAL)
        | outbox_variables(bench, f"traces-{_state(collector)}")
    )
    has_exported = _next_export(collector)
    with (
        bench.broker.queue(bound=True) as queue,
        bench.processes.running("sensor", SENSOR, {"QUEUE_NAME": queue, **settings}) as (sensor,),
    ):
        ready = partial(bench.broker.ready_count, queue)

        def has_started() -> bool:
            sensor.raise_if_failed()
            return ready() >= SKIPPED_SHARE * messages and has_exported()

        wait_until(has_started, START_SECONDS, "the sensor publishes")
        first = last = ready()
        before, used = _cpu_seconds(sensor), 0.0
        while (published := ready()) < messages:
            used = _cpu_seconds(sensor) - before
            last = published
            sensor.raise_if_failed()
            time.sleep(0.02)
        wait_until(sensor.has_finished, LIMIT_SECONDS, "the sensor ends")
    if last == first:
        raise BenchmarkFailed(f"{messages} messages are too few: all were published before the first export")
    _add(bench, "sensor", used / (last - first), "a sensor", collector)


def _add(bench: Bench, key: str, seconds: float, title: str, collector: "_Collector | None") -> None:
    traces = "without" if collector is None else "with"
    title = f"{title} {traces} traces: processor time per message, µs"
    bench.results.add(TRACES, f"{key}/{_state(collector)}", seconds * MICROSECONDS, title)


def _state(collector: "_Collector | None") -> str:
    return "off" if collector is None else "on"


def _variables(collector: "_Collector | None") -> dict[str, str]:
    return {} if collector is None else {ENDPOINT: f"http://{LOOPBACK}:{collector.server_port}"}


def _next_export(collector: "_Collector | None") -> Callable[[], bool]:
    """Return whether the collector has received an export since now; true where there is no collector."""
    if collector is None:
        return lambda: True
    before = collector.exports
    return lambda: collector.exports > before


def _cpu_seconds(process: Process) -> float:
    return Usage({"process": process.pid}).cpu_seconds()["process"]


def _properties(number: int, *, is_traced: bool) -> pika.BasicProperties:
    """Return the properties of a sensor's message, and of one of a hundred with a trace context."""
    has_trace = is_traced and number % TRACED_EVERY == 0
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

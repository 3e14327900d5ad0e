"""What traces cost at their default sampling: processor time per message with and without them."""

import threading
import time
from collections.abc import Iterator
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
from benchmarks.waiting import wait_until
from native.ports import LOOPBACK
from readings.payload import CONTENT_TYPE, MESSAGE_TYPE

TRACED_EVERY = 100  # messages: the default sampling
MICROSECONDS = 1_000_000
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
# The start of the sensor does not count.
SKIPPED_SHARE = 0.2


def measure(bench: Bench) -> None:
    """Measure both in interleaved rounds."""
    with _collector() as port:
        variables = {"off": {}, "on": {ENDPOINT: f"http://{LOOPBACK}:{port}"}}
        runs = {
            f"{batch}/{state}": partial(_consume, bench, batch, state, found)
            for batch in bench.plan.traces_messages
            for state, found in variables.items()
        }
        runs |= {
            f"sensor/{state}": partial(_publish, bench, state, found) for state, found in variables.items()
        }
        bench.run_rounds(TRACES, runs)


def _consume(bench: Bench, batch: int, state: str, variables: dict[str, str]) -> None:
    contender, messages = project(batch), bench.plan.traces_messages[batch]
    bodies = bench.messages.get(messages)
    bench.database.truncate_all()
    with bench.broker.queue() as queue:
        settings = {"QUEUE_NAME": queue, **contender.variables, **variables}
        with bench.processes.running(contender.key, contender.command, settings) as (consumer,):
            wait_until(lambda: bench.broker.consumer_count(queue) == 1, START_SECONDS, "it consumes")
            consumer.pause()
            bench.broker.publish(queue, bodies, partial(_properties, is_traced=state == "on"))
            before = _cpu_seconds(consumer)
            consumer.resume()
            stored = partial(bench.database.count, contender.table)
            wait_until(lambda: stored() == messages, LIMIT_SECONDS + COMMIT_SECONDS, "everything is stored")
            used = _cpu_seconds(consumer) - before
    title = "a consumer at prefetch 1" if batch == 1 else f"a consumer in batches of {batch}"
    _add(bench, f"{batch}/{state}", used / messages, title, state)


def _publish(bench: Bench, state: str, variables: dict[str, str]) -> None:
    messages = bench.plan.traces_published
    recording = write_recording(bench.processes.directory / "traces.csv", messages)
    settings = (
        variables | replay_variables(recording, NO_INTERVAL) | outbox_variables(bench, f"traces-{state}")
    )
    with (
        bench.broker.queue(bound=True) as queue,
        bench.processes.running("sensor", SENSOR, {"QUEUE_NAME": queue, **settings}) as (sensor,),
    ):
        ready = partial(bench.broker.ready_count, queue)

        def has_started() -> bool:
            sensor.raise_if_failed()
            return ready() >= SKIPPED_SHARE * messages

        wait_until(has_started, START_SECONDS, "the sensor publishes")
        first, before = ready(), _cpu_seconds(sensor)
        used = 0.0
        while (published := ready()) < messages:
            used = _cpu_seconds(sensor) - before
            last = published
            sensor.raise_if_failed()
            time.sleep(0.02)
        wait_until(sensor.has_finished, LIMIT_SECONDS, "the sensor ends")
    _add(bench, f"sensor/{state}", used / (last - first), "a sensor", state)


def _add(bench: Bench, key: str, seconds: float, title: str, state: str) -> None:
    traces = "with traces" if state == "on" else "without traces"
    bench.results.add(
        TRACES, key, seconds * MICROSECONDS, f"{title} {traces}: processor time per message, µs"
    )


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
def _collector() -> Iterator[int]:
    """Accept every export during the block; yield the port."""
    with ThreadingHTTPServer((LOOPBACK, 0), _Accept) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


class _Accept(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Read the export and accept it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""

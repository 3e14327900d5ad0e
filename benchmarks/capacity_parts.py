"""Half of a consumer's work in a process of its own: `receive` without a database, `store` without a broker.

It prints, as JSON, the seconds that the messages took and the processor time of this process meanwhile. Both
halves are the consumer's own code, with its own log.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import pika
from pydantic import Field

from benchmarks.messages import Messages
from db.store import Store
from messaging.amqp.event_loop import Connection
from messaging.consuming.session import Delivery, Session
from messaging.topology import Topology
from pipeline.handler import ReadingHandler, no_op
from pipeline.settings import PipelineSettings
from pipeline.telemetry import BROKER, DATABASE, PipelineTelemetry
from runtime.health import Health
from runtime.logs import configure_logging
from runtime.settings import load

NAME = "capacity"
WAIT_SECONDS = 1.0
Result = TypeVar("Result")


class PartSettings(PipelineSettings):
    """The settings of a consumer, and the number of messages."""

    messages: int = Field(description="Number of messages")


class Stopwatch:
    """The time since it was created: elapsed, and of this process's processor."""

    def __init__(self) -> None:
        self._started_at, self._processor_at = time.perf_counter(), time.process_time()

    def seconds(self) -> dict[str, float]:
        """Return both, by name."""
        return {
            "elapsed": time.perf_counter() - self._started_at,
            "consumer": time.process_time() - self._processor_at,
        }


class NoWait:
    """What a handler may do while it holds a batch: nothing waits here."""

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def run_in_thread(self, work: Callable[[], Result]) -> Result:
        """Run `work` in this thread: nothing else arrives meanwhile."""
        return work()


def receive(settings: PartSettings) -> dict[str, float]:
    """Receive and ack the messages of the queue; return the seconds since the first batch arrived."""
    session = Session(
        Connection(settings.amqp_url, NAME),
        Topology(settings.queue_name),
        name=NAME,
        prefetch=settings.prefetch,
        while_working=no_op,
    )
    try:
        stopwatch, remaining = None, settings.messages
        while remaining:
            batch = session.receive_batch(WAIT_SECONDS, settings.max_batch)
            if not batch:  # something else happened on the connection
                continue
            stopwatch = stopwatch or Stopwatch()
            session.ack(batch)
            remaining -= len(batch)
        return stopwatch.seconds() if stopwatch else {}
    finally:
        session.close()


def store(settings: PartSettings) -> dict[str, float]:
    """Store the messages as a consumer does, in full batches; return the seconds since it was connected."""
    configure_logging(settings.log_level, settings.log_format)
    telemetry = PipelineTelemetry(Health(BROKER, DATABASE))
    database = Store(settings, name=NAME)
    handler = ReadingHandler(
        database,
        telemetry,
        naive_time_zone=settings.naive_time_zone,
        processing_seconds=(0, 0),
        past_retention=settings.past_retention,
        plausible=settings.plausible_range,
    )
    method = pika.spec.Basic.Deliver(NAME, 1, False, "sensors", "reading.bench")
    deliveries = [
        Delivery(body, method, pika.BasicProperties()) for body in Messages().get(settings.messages)
    ]
    database.check()
    stopwatch = Stopwatch()
    for first in range(0, len(deliveries), settings.max_batch):
        handler(deliveries[first : first + settings.max_batch], NoWait()).on_settled()
    return stopwatch.seconds()


PARTS = {"receive": receive, "store": store}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](load(PartSettings))))

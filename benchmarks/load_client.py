"""A client that offers readings at a rate: `RATE` per second, for at most `SECONDS`.

It publishes with confirms and up to MAX_IN_FLIGHT of them outstanding, so a slow broker slows it down. At its
end it prints the confirmed readings per second. The benchmark starts as many clients as the rate requires.
"""

import os
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from benchmarks.broker import EXCHANGE
from benchmarks.frames import encode_message
from benchmarks.messages import SENSORS, encode
from messaging.amqp.event_loop import Connection
from messaging.publishing.confirm_publisher import Confirm, OutstandingConfirms, reading_properties
from messaging.topology import routing_key
from readings.ids import uuid7
from readings.model import Reading
from readings.times import format_timestamp
from runtime.lifecycle import ShutdownSignal, run

NAME = "benchmark"
MAX_IN_FLIGHT = 1_000
# Often enough for the delay of a reading to be that of the consumer.
TICK_SECONDS = 0.002
# What encoded messages contain in the place of their own; all have the same length.
SOME_ID = UUID("01000000-0000-7000-8000-000000000000")
SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_SEQUENCE = 1_000_000_000
ENCODED_ID = str(SOME_ID).encode()
ENCODED_TIME = format_timestamp(SOME_TIME).encode()
ENCODED_SEQUENCE = str(FIRST_SEQUENCE).encode()


class Client:
    """A connection that publishes readings of SENSORS sensors.

    One message of each sensor is encoded beforehand: clients share the processors with what is measured, and
    so take little of them.
    """

    def __init__(self, url: str) -> None:
        self._connection = Connection(url, NAME)
        self._channel = self._connection.open_channel()
        self._confirms: list[Confirm] = []
        self._connection.enable_confirms(self._channel, self._on_confirm)
        run_id = uuid7()
        self._messages = [self._encode(number, run_id) for number in range(SENSORS)]

    def publish(self, numbers: range) -> None:
        """Publish the readings of these numbers, which are measured now, in one write."""
        measured_at = format_timestamp(datetime.now(UTC)).encode()
        output = b"".join(
            self._messages[number % SENSORS]
            .replace(ENCODED_ID, str(uuid7()).encode())
            .replace(ENCODED_TIME, measured_at)
            .replace(ENCODED_SEQUENCE, str(FIRST_SEQUENCE + number).encode())
            for number in numbers
        )
        self._channel.connection._output_marshaled_frames([output])  # noqa: SLF001 (pika has no public method for it)

    def wait(self, seconds: float) -> list[Confirm]:
        """Wait for at most `seconds` until something happens; return the confirms."""
        self._connection.process_data_events(seconds)
        confirms, self._confirms = self._confirms, []
        return confirms

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _encode(self, number: int, run_id: UUID) -> bytes:
        sensor_id = f"load-{os.getpid()}-{number}"
        body = encode(Reading(SOME_ID, sensor_id, SOME_TIME, 20 + number / 100, run_id, FIRST_SEQUENCE))
        properties = reading_properties(str(SOME_ID), NAME)
        channel = self._channel.channel_number
        return b"".join(encode_message(channel, EXCHANGE, routing_key(sensor_id), body, properties))

    def _on_confirm(self, method: Any) -> None:
        self._confirms.append(Confirm(method.delivery_tag, method.multiple))


def offer(client: Client, rate: float, seconds: float, stop: ShutdownSignal) -> float:
    """Publish for `seconds` or until a stop is requested; return the confirmed readings per second."""
    outstanding: OutstandingConfirms[None] = OutstandingConfirms()
    started_at = time.monotonic()
    sent = confirmed = 0
    while (passed := time.monotonic() - started_at) < seconds and not stop.is_set():
        due = max(sent, min(int(passed * rate), sent + MAX_IN_FLIGHT - len(outstanding)))
        if due > sent:
            client.publish(range(sent, due))
        for _ in range(sent, due):
            outstanding.add(None)
        sent = due
        confirmed += sum(len(outstanding.confirm(confirm)) for confirm in client.wait(TICK_SECONDS))
    return confirmed / (time.monotonic() - started_at)


def main(stop: ShutdownSignal) -> None:
    """Offer readings to the broker at AMQP_URL."""
    with closing(Client(os.environ["AMQP_URL"])) as client:
        print(offer(client, float(os.environ["RATE"]), float(os.environ["SECONDS"]), stop))


if __name__ == "__main__":
    sys.exit(run(main))

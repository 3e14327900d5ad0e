"""A client that offers readings at a rate: `RATE` per second, for at most `SECONDS`.

It publishes with confirms and up to MAX_IN_FLIGHT of them outstanding, so a slow broker slows it down. At its
end it prints the confirmed readings per second. The benchmark starts as many clients as the rate requires.
"""

import os
import sys
import time
from contextlib import closing

from benchmarks.messages import encode, new_reading
from messaging.publishing.confirm_publisher import ConfirmPublisher, OutstandingConfirms
from readings.ids import uuid7
from runtime.lifecycle import ShutdownSignal, run

MAX_IN_FLIGHT = 1_000
# Often enough for the delay of a reading to be that of the consumer.
TICK_SECONDS = 0.002


def offer(publisher: ConfirmPublisher, rate: float, seconds: float, stop: ShutdownSignal) -> float:
    """Publish for `seconds` or until a stop is requested; return the confirmed readings per second."""
    name, run_id = f"load-{os.getpid()}", uuid7()
    outstanding: OutstandingConfirms[None] = OutstandingConfirms()
    started_at = time.monotonic()
    sent = confirmed = 0
    while (passed := time.monotonic() - started_at) < seconds and not stop.is_set():
        due = min(int(passed * rate), sent + MAX_IN_FLIGHT - len(outstanding))
        for number in range(sent, due):
            reading = new_reading(name, number, run_id)
            publisher.publish(reading.sensor_id, str(reading.reading_id), encode(reading))
            outstanding.add(None)
        sent = max(sent, due)
        confirmed += sum(len(outstanding.confirm(confirm)) for confirm in publisher.wait(TICK_SECONDS))
    return confirmed / (time.monotonic() - started_at)


def main(stop: ShutdownSignal) -> None:
    """Offer readings to the broker at AMQP_URL."""
    variables = os.environ
    with closing(ConfirmPublisher(variables["AMQP_URL"], "benchmark")) as publisher:
        print(offer(publisher, float(variables["RATE"]), float(variables["SECONDS"]), stop))


if __name__ == "__main__":
    sys.exit(run(main))

"""The relay: publishes the outbox on a thread that owns the connection to the broker."""

import threading
import time
from collections.abc import Sequence
from contextlib import closing

from messaging.errors import BrokerUnavailable, Unroutable
from messaging.publishing.confirm_publisher import ConfirmPublisher, OutstandingConfirms
from messaging.spans import SendSpans
from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry, retry_delay
from sensor.outbox.entry import OutboxEntry
from sensor.outbox.outbox import Outbox
from sensor.telemetry import SensorTelemetry

# Readings of a backlog that are published without waiting for a confirm; after a loss of the connection all
# of them are published again.
MAX_IN_FLIGHT = 1_000
CONFIRM_POLL_SECONDS = 0.5
IDLE_SECONDS = 1.0
MAX_DRAINING_DELAY_SECONDS = 0.2
FINISH_POLL_SECONDS = 0.1


class OutboxRelay:
    """Publishes the readings of the outbox until `finish`, and reconnects whenever the broker is down.

    It ends early, stores the exception in `error` and requests the shutdown when the broker was never reached
    within `connect_timeout_seconds` (0: no limit), or on an unexpected exception.
    """

    def __init__(
        self,
        url: str,
        client_name: str,
        outbox: Outbox,
        telemetry: SensorTelemetry,
        stop: ShutdownSignal,
        connect_timeout_seconds: float,
    ) -> None:
        self._thread = threading.Thread(target=self._run, name="outbox-relay", daemon=True)
        self._url = url
        self._client_name = client_name
        self._outbox = outbox
        self._telemetry = telemetry
        self._stop = stop
        self._connect_timeout_seconds = connect_timeout_seconds
        self._finishing = threading.Event()
        self._failed_attempts = 0
        self._spans = SendSpans()
        self._broker_is_up = self._is_done = False
        self.error: Exception | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def finish(self, drain_seconds: float) -> None:
        """Publish the remaining readings and end the thread.

        This has no time limit until the shutdown is requested, and `drain_seconds` from then on.
        """
        self._finishing.set()
        while self._thread.is_alive() and not self._stop.wait(FINISH_POLL_SECONDS):
            pass
        self._thread.join(drain_seconds)

    def _run(self) -> None:
        try:
            while not self._has_nothing_to_do():
                self._connect_and_relay()
        except ShutdownRequested:  # while it waited for the broker
            pass
        except Exception as error:  # noqa: BLE001 (the main thread raises it)
            self.error = error
            self._stop.set()

    def _has_nothing_to_do(self) -> bool:
        return self._is_done or (self._finishing.is_set() and len(self._outbox) == 0)

    def _connect_and_relay(self) -> None:
        """Return when the connection is lost or the outbox is empty at the end."""
        with closing(self._connect_with_retry()) as publisher:
            try:
                self._relay(publisher)
            except BrokerUnavailable as error:
                self._spans.lost(error)
                if isinstance(error, Unroutable):
                    self._telemetry.returned()
                # It grows while the broker accepts connections, but no reading, such as without the queue.
                self._failed_attempts += 1
                delay = retry_delay(self._failed_attempts)
                self._on_broker_down(error, delay)
                self._sleep(delay)

    def _relay(self, publisher: ConfirmPublisher) -> None:
        unconfirmed: OutstandingConfirms[OutboxEntry] = OutstandingConfirms()
        while not self._is_done:
            self._telemetry.progress()
            # Read this before the outbox: an entry may be put, and `finish` called, after the outbox was
            # found empty.
            finishing = self._finishing.is_set()
            idle_seconds = 0 if finishing or not self._broker_is_up else IDLE_SECONDS
            # One reading shows whether the broker accepts any; of a thousand it would return each.
            entries = self._outbox.next_batch(idle_seconds, MAX_IN_FLIGHT if self._broker_is_up else 1)
            if entries:
                self._publish(publisher, unconfirmed, entries)
            else:
                publisher.wait(0)
                self._on_broker_up()
                self._is_done = finishing

    def _publish(
        self,
        publisher: ConfirmPublisher,
        unconfirmed: OutstandingConfirms[OutboxEntry],
        entries: Sequence[OutboxEntry],
    ) -> None:
        """Publish the entries and wait until all of them are confirmed."""
        for entry in entries:
            self._telemetry.published()
            unconfirmed.add(entry)
            self._spans.start(entry.sensor_id, entry.message_id, entry.trace, publisher.server)
            publisher.publish(entry.sensor_id, entry.message_id, entry.body, entry.trace)
        while unconfirmed:
            self._telemetry.progress()
            confirms = publisher.wait(CONFIRM_POLL_SECONDS)
            confirmed = [entry for confirm in confirms for entry in unconfirmed.confirm(confirm)]
            for entry in confirmed:
                self._spans.confirmed(entry.message_id)
            if confirmed:
                self._on_broker_up()
                self._outbox.mark_confirmed(len(confirmed))
                self._telemetry.confirmed(confirmed, pending=len(self._outbox))
            unconfirmed.check_progress()

    def _on_broker_up(self) -> None:
        # Not called when the connection opens: with a resource alarm, or without the queue, the broker
        # accepts connections but no readings.
        self._failed_attempts = 0
        if not self._broker_is_up:
            self._broker_is_up = True
            self._outbox.broker_up()
            self._telemetry.broker_up()

    def _on_broker_down(self, error: ServiceUnavailable, retry_seconds: float) -> None:
        self._broker_is_up = False
        self._outbox.broker_down()
        self._telemetry.broker_down(str(error), retry_seconds, pending=len(self._outbox))

    def _connect_with_retry(self) -> ConfirmPublisher:
        call_with_retry = retry(
            sleep=self._sleep,
            on_failure=self._on_broker_down,
            max_elapsed_seconds=self._connect_timeout_seconds,
        )
        publisher = call_with_retry(lambda: ConfirmPublisher(self._url, self._client_name))
        self._connect_timeout_seconds = 0  # in a later outage, the outbox keeps the readings
        return publisher

    def _sleep(self, seconds: float) -> None:
        """Sleep; after a shutdown request only briefly, so that several attempts fit into the drain time.

        Raises:
            ShutdownRequested: When nothing remains that the broker is required for.
        """
        self._telemetry.progress()
        if self._stop.wait(seconds):
            time.sleep(min(seconds, MAX_DRAINING_DELAY_SECONDS))
        if self._has_nothing_to_do():
            raise ShutdownRequested

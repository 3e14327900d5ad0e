"""Brings the outbox to the broker, on a thread that owns the connection."""

import threading
import time
from collections.abc import Sequence
from contextlib import closing

from messaging.errors import BrokerUnavailable, Unroutable
from messaging.stream import Stream, Window
from sensor.events import SensorEvents
from sensor.outbox import Outbox, Outgoing
from service.errors import ServiceUnavailable
from service.lifecycle import Stop
from service.retry import retrying

# So many readings of a backlog are on their way at once; as many are sent again after a loss.
IN_FLIGHT = 200
CONFIRM_SECONDS = 0.5
IDLE_SECONDS = 1.0
RECONNECT_SECONDS = 0.5
LAST_TRIES_SECONDS = 0.2
FINISH_POLL_SECONDS = 0.1


class Delivery:
    """Publishes the outbox, through every loss of the broker, until it is told to finish.

    A broker that did not come within `connect_timeout_seconds` ends it, requests the stop, and is left
    in `error`; so does anything unforeseen.
    """

    def __init__(
        self,
        url: str,
        name: str,
        outbox: Outbox,
        events: SensorEvents,
        stop: Stop,
        connect_timeout_seconds: float,
    ) -> None:
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)
        self._url = url
        self._name = name
        self._outbox = outbox
        self._events = events
        self._stop = stop
        self._connect_timeout_seconds = connect_timeout_seconds
        self._finishing = threading.Event()
        self._broker_answers = self._done = False
        self.error: Exception | None = None

    def start(self) -> None:
        """Begin on a thread of its own."""
        self._thread.start()

    def finish(self, stop_seconds: float) -> None:
        """Deliver what is left and end: as long as it takes, or `stop_seconds` once the stop is requested."""
        self._finishing.set()
        while self._thread.is_alive() and not self._stop.wait(FINISH_POLL_SECONDS):
            pass
        self._thread.join(stop_seconds)

    def _run(self) -> None:
        try:
            while not (self._done or (self._finishing.is_set() and len(self._outbox) == 0)):
                self._deliver_until_lost()
        except Exception as error:  # noqa: BLE001 (handed to the main thread)
            self.error = error
            self._stop.request()

    def _deliver_until_lost(self) -> None:
        with closing(self._open_patiently()) as stream:
            try:
                self._deliver(stream)
            except BrokerUnavailable as error:
                if isinstance(error, Unroutable):
                    self._events.returned()
                self._lost(error, RECONNECT_SECONDS)
                self._sleep(RECONNECT_SECONDS)

    def _deliver(self, stream: Stream) -> None:
        window: Window[Outgoing] = Window()
        while not self._done:
            self._events.progress()
            # Read before the outbox: it may have been filled, and the end requested, since it was empty.
            finishing = self._finishing.is_set()
            hurried = finishing or not self._broker_answers
            readings = self._outbox.oldest(0 if hurried else IDLE_SECONDS, IN_FLIGHT)
            if readings:
                self._publish(stream, window, readings)
            else:
                stream.wait(0)
                self._answered()
                self._done = finishing

    def _publish(self, stream: Stream, window: Window[Outgoing], readings: Sequence[Outgoing]) -> None:
        """Return once all of them are confirmed."""
        for reading in readings:
            self._events.published()
            window.add(reading)
            stream.publish(reading.sensor_id, reading.message_id, reading.body)
        while window:
            self._events.progress()
            for confirm in stream.wait(CONFIRM_SECONDS):
                for reading in window.confirm(confirm):
                    self._answered()
                    self._outbox.confirmed()
                    self._events.confirmed(reading, waiting=len(self._outbox))

    def _answered(self) -> None:
        # A connection alone says little: with an alarm or without its queue the broker lets one in, and
        # then takes no reading.
        if not self._broker_answers:
            self._broker_answers = True
            self._outbox.broker_back()
            self._events.connected()

    def _lost(self, error: ServiceUnavailable, retry_seconds: float) -> None:
        self._broker_answers = False
        self._outbox.broker_away()
        self._events.broker_lost(str(error), retry_seconds, waiting=len(self._outbox))

    def _open_patiently(self) -> Stream:
        attempts = retrying(
            sleep=self._sleep, on_failure=self._lost, limit_seconds=self._connect_timeout_seconds
        )
        return attempts(lambda: Stream(self._url, self._name))

    def _sleep(self, seconds: float) -> None:
        self._events.progress()
        if self._finishing.wait(seconds):
            time.sleep(min(seconds, LAST_TRIES_SECONDS))

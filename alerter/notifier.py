"""Brings events to one receiver on a thread of its own, so that none waits for another's receiver."""

import threading
from collections.abc import Callable
from typing import Protocol

from alerter.alert import Event
from alerter.pending import Waiting
from alerter.telemetry import AlerterTelemetry
from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry

IDLE_SECONDS = 1.0


class Refused(ServiceUnavailable):
    """The receiver answers, and will never take this event."""


class Receiver(Protocol):
    """Takes events, on one thread. Raises ServiceUnavailable, after which it is not used again."""

    def deliver(self, event: Event) -> None:
        """Return once the receiver has it. Raises Refused too."""

    def idle(self) -> bool:
        """Called at least every few seconds while there is nothing to deliver; whether it answered."""

    def close(self) -> None:
        """It is not used any more."""


class Notifier:
    """Delivers each event at least once and in order, through every loss of the receiver.

    An event that is refused, or not taken within `limit_seconds` (0: for ever), is given up. Anything
    unforeseen ends it, requests the stop, and is left in `error`.
    """

    def __init__(
        self,
        name: str,
        open_: Callable[[], Receiver],
        events: AlerterTelemetry,
        stop: ShutdownSignal,
        *,
        limit_seconds: float = 0,
    ) -> None:
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._name = name
        self._open = open_
        self._events = events
        self._stop = stop
        self._attempts = retry(
            sleep=self._sleep,
            on_failure=self._lost,
            no_retry_on=(Refused,),
            max_elapsed_seconds=limit_seconds,
        )
        self._waiting = Waiting()
        self._receiver: Receiver | None = None
        self._finishing = threading.Event()
        self.error: Exception | None = None

    def start(self) -> None:
        """Begin on a thread of its own."""
        self._thread.start()

    def put(self, event: Event) -> None:
        """Deliver it when it is its turn; never waits."""
        dropped = self._waiting.put(event)
        self._events.waiting(self._name, len(self._waiting))
        if dropped:
            self._events.dropped(self._name, dropped, "too many events wait")

    def finish(self, seconds: float) -> None:
        """Deliver what waits, for so long at most, trying nothing twice."""
        self._finishing.set()
        self._thread.join(seconds)
        if len(self._waiting):
            self._events.left(self._name, len(self._waiting))

    def _run(self) -> None:
        try:
            while not (self._finishing.is_set() and len(self._waiting) == 0):
                self._deliver(self._waiting.oldest(0 if self._finishing.is_set() else IDLE_SECONDS))
        except ShutdownRequested:
            pass
        except Exception as error:  # noqa: BLE001 (handed to the main thread)
            self.error = error
            self._stop.set()
        finally:
            self._close()

    def _deliver(self, event: Event | None) -> None:
        try:
            self._attempts(self._attempt, event)
        except ServiceUnavailable as error:
            if event:
                self._events.dropped(self._name, event, str(error))
        else:
            if event:
                self._events.delivered(self._name)
        if event:
            self._waiting.done(event)
            self._events.waiting(self._name, len(self._waiting))

    def _attempt(self, event: Event | None) -> None:
        try:
            self._receiver = self._receiver or self._open()
            if event:
                self._receiver.deliver(event)
            if event or self._receiver.idle():
                self._events.answers(self._name)
        except ServiceUnavailable:
            self._close()
            raise

    def _lost(self, error: ServiceUnavailable, seconds: float) -> None:
        self._events.lost(self._name, str(error), seconds, len(self._waiting))

    def _close(self) -> None:
        if self._receiver:
            self._receiver.close()
        self._receiver = None

    def _sleep(self, seconds: float) -> None:
        if self._finishing.wait(seconds):
            raise ShutdownRequested

"""Delivers notifications to one receiver on a thread of its own, so that no receiver delays another."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from alerter.notification import Notification
from alerter.pending import PendingNotifications
from alerter.telemetry import AlerterTelemetry
from runtime.errors import ServiceUnavailable, ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from runtime.retry import retry
from runtime.service_thread import ServiceThread

IDLE_SECONDS = 1.0


class NonRetryable(ServiceUnavailable):
    """The receiver responded that it will never accept this notification."""


class Receiver(Protocol):
    """Accepts notifications, on one thread. After a ServiceUnavailable it is closed and connected again."""

    def send(self, notification: Notification) -> None:
        """Return once the receiver has accepted it.

        Raises:
            ServiceUnavailable: When it may accept it later.
            NonRetryable: When it never will.
        """

    def keep_alive(self) -> bool:
        """Keep the connection while nothing is pending; return whether the receiver responded.

        Called every second or so.

        Raises:
            ServiceUnavailable: When the connection is lost.
        """

    def close(self) -> None:
        """Close the connection."""


class Notifier:
    """Delivers each notification at least once and in order, through every outage of the receiver.

    A notification is dropped if the receiver rejects it, or does not accept it within `max_retry_seconds`
    (0: never). Once it is accepted or dropped, each of `on_settled` receives it on the notifier's thread, and
    whether that is final: not if it was dropped because too many are pending. An unexpected error ends the
    notifier, requests the shutdown, and is kept in `error`.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], Receiver],
        telemetry: AlerterTelemetry,
        stop: ShutdownSignal,
        *,
        max_retry_seconds: float = 0,
        on_settled: Sequence[Callable[[Notification, bool], None]] = (),
    ) -> None:
        self._worker = ServiceThread(name, self._run, stop, close=self._close)
        self.name = name
        self._connect = connect
        self._on_settled = on_settled
        self._telemetry = telemetry
        self._retry = retry(
            sleep=self._sleep,
            on_failure=self._on_failure,
            no_retry_on=(NonRetryable,),
            max_elapsed_seconds=max_retry_seconds,
        )
        self._pending = PendingNotifications()
        self._receiver: Receiver | None = None
        self._finishing = threading.Event()

    @property
    def error(self) -> Exception | None:
        """The unexpected error that ended the thread."""
        return self._worker.error

    @property
    def pending(self) -> list[Notification]:
        """The notifications that were neither accepted nor dropped, oldest first."""
        return self._pending.snapshot()

    def start(self) -> None:
        """Start the thread."""
        self._worker.start()

    def put(self, notification: Notification) -> None:
        """Enqueue a notification; never blocks."""
        dropped = self._pending.put(notification)
        self._telemetry.pending(self.name, len(self._pending))
        if dropped:
            self._telemetry.dropped(self.name, dropped, "too many notifications are pending")
            self._settle(dropped, final=False)

    def finish(self, timeout_seconds: float) -> None:
        """Deliver what is pending without retries, and end the thread."""
        self._finishing.set()
        self._worker.join(timeout_seconds)
        if len(self._pending):
            self._telemetry.undelivered(self.name, len(self._pending))

    def _run(self) -> None:
        while not (self._finishing.is_set() and len(self._pending) == 0):
            self._deliver(self._pending.peek(0 if self._finishing.is_set() else IDLE_SECONDS))

    def _deliver(self, notification: Notification | None) -> None:
        try:
            self._retry(self._attempt, notification)
        except ServiceUnavailable as error:
            if notification:
                self._telemetry.dropped(self.name, notification, str(error))
        else:
            if notification:
                self._telemetry.delivered(self.name)
        if notification:
            self._settle(notification, final=True)
            self._pending.remove(notification)
            self._telemetry.pending(self.name, len(self._pending))

    def _settle(self, notification: Notification, *, final: bool) -> None:
        for note in self._on_settled:
            note(notification, final)

    def _attempt(self, notification: Notification | None) -> None:
        try:
            self._receiver = self._receiver or self._connect()
            if notification:
                self._receiver.send(notification)
            if notification or self._receiver.keep_alive():
                self._telemetry.receiver_up(self.name)
        except ServiceUnavailable:
            self._close()
            raise

    def _on_failure(self, error: ServiceUnavailable, retry_seconds: float) -> None:
        self._telemetry.receiver_down(self.name, str(error), retry_seconds, len(self._pending))

    def _close(self) -> None:
        if self._receiver:
            self._receiver.close()
        self._receiver = None

    def _sleep(self, seconds: float) -> None:
        if self._finishing.wait(seconds):
            raise ShutdownRequested

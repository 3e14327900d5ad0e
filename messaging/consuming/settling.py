"""Settle batches: ack what is stored, dead-letter what is invalid, hold what cannot be dead-lettered yet."""

import random
import time
from collections import deque
from collections.abc import Callable, Sequence

from messaging.consuming.consumer_events import ConsumerEvents
from messaging.consuming.delivery import Delivery
from messaging.consuming.session import Session
from messaging.errors import DeadLetteringUnavailable
from readings.errors import InvalidReading

# With jitter, so that several consumers do not try in lockstep.
RETRY_SECONDS = (5.0, 10.0)


class Settling:
    """Settles what one session has received.

    While the dead-letter queue accepts nothing, such as during a memory or disk alarm of the broker, invalid
    messages stay unacked, which takes up the prefetch; the others are acked. `check` is called before each
    dead letter, and may raise.
    """

    def __init__(
        self, session: Session, events: ConsumerEvents, check: Callable[[], None], max_hold_seconds: float
    ) -> None:
        self._session = session
        self._events = events
        self._check = check
        self._max_hold_seconds = max_hold_seconds
        self._held: deque[tuple[Delivery, InvalidReading]] = deque()
        self._held_since = self._retry_at = 0.0

    def settle(self, batch: Sequence[Delivery], errors: Sequence[InvalidReading | None]) -> None:
        """Ack the whole batch, or up to each invalid message once the dead-letter queue has confirmed it."""
        settled = 0
        for position, (delivery, error) in enumerate(zip(batch, errors, strict=True)):
            if error is None:
                continue
            if self._held or not self._dead_letter(delivery, error):
                self._hold(delivery, error)
                self._ack(batch[settled:position])
            else:
                self._ack(batch[settled : position + 1])
                self._events.dead_lettered(error)
            settled = position + 1
        self._ack(batch[settled:])

    def retry_held(self) -> None:
        """Dead-letter the messages that are held, when it is time to try; call it often.

        They are requeued before the broker gives up on a consumer that holds messages for too long.
        """
        if not self._held or time.monotonic() < self._retry_at:
            return
        while self._held and self._dead_letter(*self._held[0]):
            delivery, error = self._held.popleft()
            self._ack([delivery])
            self._events.dead_lettered(error)
        if self._held and time.monotonic() - self._held_since > self._max_hold_seconds:
            self.requeue([delivery for delivery, _ in self._held], "the dead-letter queue accepts nothing")

    def requeue(self, batch: Sequence[Delivery], reason: str) -> None:
        """Return to the queue what is not settled: the batch, what is held, and what was received since."""
        self._held.clear()
        self._events.requeued(reason, self._session.requeue(batch))

    def _ack(self, batch: Sequence[Delivery]) -> None:
        if batch:
            self._session.ack(batch)

    def _dead_letter(self, delivery: Delivery, error: InvalidReading) -> bool:
        """Return whether the dead-letter queue has confirmed the message."""
        self._check()
        try:
            self._session.dead_letter(delivery, error)
        except DeadLetteringUnavailable as reason:
            seconds = random.uniform(*RETRY_SECONDS)  # noqa: S311 (jitter)
            self._retry_at = time.monotonic() + seconds
            self._events.dead_lettering_unavailable(str(reason), seconds)
            return False
        return True

    def _hold(self, delivery: Delivery, error: InvalidReading) -> None:
        if not self._held:
            self._held_since = time.monotonic()
        self._held.append((delivery, error))

"""Dead letters as the page shows them, and what it may do with them."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from dashboard.models import DeadLetterItem, DeadLetters, Order, Outcome
from dashboard.telemetry import DashboardTelemetry
from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.operations import Discard, Reasons, Replay
from messaging.dead_letters.queue import visit
from messaging.settings import BrokerSettings
from runtime.errors import ServiceUnavailable

# Fetched in a moment, and enough to see what a bad night was about.
LOOKED_AT = 1_000
SHOWN = 200
BODY_BYTES = 4_000
# Each look takes the messages out of the queue for a moment, so all pages share one.
FRESH_SECONDS = 2.0
BUSY_SECONDS = 5.0


class OperationInProgress(ServiceUnavailable):
    """Another replay or discard is at work: wait until it is done."""


class PartialFailure(ServiceUnavailable):
    """The broker was lost before the order was done; the others are still dead."""

    def __init__(self, why: str, done: Reasons) -> None:
        super().__init__(f"{why} ({done.total()} were done before; the others are still dead)")
        self.done = done


class DeadLetterService:
    """Visits the dead queue for everybody, one visit at a time. Every method raises BrokerUnavailable."""

    def __init__(
        self,
        settings: BrokerSettings,
        events: DashboardTelemetry,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._events = events
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: DeadLetters | None = None
        self._seen_at = 0.0

    def look(self, reason: str | None = None) -> DeadLetters:
        """The oldest messages, of one reason or of all; at most FRESH_SECONDS old. Raises Busy."""
        with self._alone():
            if self._seen is None or self._clock() - self._seen_at > FRESH_SECONDS:
                self._seen, self._seen_at = self._visit(), self._clock()
            seen = self._seen
        chosen = [message for message in seen.messages if reason in (None, message.reason)]
        return seen.model_copy(update={"messages": chosen[:SHOWN]})

    def replay(self, order: Order) -> Outcome:
        """Replay what is ordered. Raises Busy, and HalfDone when the broker is lost."""
        selection = _selection(order)
        work = Replay(selection)
        try:
            self._run(work)
        finally:
            self._events.replayed(work.done, work.refused)
        return Outcome(done=work.done, refused=work.refused, not_found=selection.unmet())

    def discard(self, order: Order) -> Outcome:
        """Discard what is ordered. Raises Busy, and HalfDone when the broker is lost."""
        selection = _selection(order)
        work = Discard(selection)
        try:
            self._run(work)
        finally:
            self._events.discarded(work.done)
        return Outcome(done=work.done, not_found=selection.unmet())

    def _run(self, work: Replay | Discard) -> None:
        with self._alone():
            self._seen = None
            try:
                work.run(self._settings)
            except ServiceUnavailable as error:
                raise PartialFailure(str(error), work.done) from error

    def _visit(self) -> DeadLetters:
        reasons: Counter[str] = Counter()
        messages = []
        with visit(self._settings) as queue:
            for message in queue.look(LOOKED_AT):
                reasons[message.reason] += 1
                messages.append(_letter(message))
            return DeadLetters(
                at=datetime.now(UTC),
                depth=queue.depth,
                looked_at=len(messages),
                reasons=dict(reasons.most_common()),
                messages=messages,
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise OperationInProgress(OperationInProgress.__doc__)
        try:
            yield
        finally:
            self._lock.release()


def _selection(order: Order) -> DeadLetterFilter:
    return DeadLetterFilter(order.ids, [order.reason] if order.reason else (), (), order.died_before)


def _letter(message: DeadLetter) -> DeadLetterItem:
    return DeadLetterItem(
        id=message.id,
        reason=message.reason,
        detail=message.detail,
        at=message.dead_at,
        sensor_id=message.sensor_id,
        replays=message.replays,
        body=message.body[:BODY_BYTES].decode(errors="backslashreplace"),
        body_bytes=len(message.body),
    )

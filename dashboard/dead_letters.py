"""The dead-letter queue as the API shows it, and the two operations on it."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from dashboard.models import DeadLetterItem, DeadLetterRequest, DeadLetterResult, DeadLetters
from dashboard.telemetry import DashboardTelemetry
from dashboard.unavailable import nothing_changed
from db.errors import InvalidData, StoreUnavailable
from db.queries.audit import DISCARD, REPLAY, Audit, DeadLetterChanges
from messaging.dead_letters.dead_letter import DeadLetter
from messaging.dead_letters.filter import DeadLetterFilter
from messaging.dead_letters.hints import replay_hint
from messaging.dead_letters.operations import Discard, Reasons, Replay
from messaging.dead_letters.queue import open_dead_letter_queue
from messaging.dead_letters.record import to_summary
from messaging.settings import BrokerSettings
from runtime.errors import ServiceUnavailable

# Fetched within a second, and enough to see what went wrong during a long incident.
MAX_INSPECTED = 1_000
MAX_LISTED = 200
MAX_BODY_BYTES = 4_000
MAX_TEXT_CHARACTERS = 1_000
# Listing holds the messages unacked for a moment, so all clients share one list for this long.
CACHE_SECONDS = 2.0
LOCK_TIMEOUT_SECONDS = 5.0


class OperationInProgress(ServiceUnavailable):
    """Another replay or discard is in progress: try again when it has finished."""


class PartialFailure(ServiceUnavailable):
    """The broker became unavailable before the operation finished; the remaining messages are unchanged."""

    def __init__(self, reason: str, done: Reasons) -> None:
        super().__init__(
            f"{reason} ({done.total()} were processed before; the others are still in the dead-letter queue)"
        )
        self.done = done


class DeadLetterService:
    """Opens the dead-letter queue for all clients, one operation at a time."""

    def __init__(self, settings: BrokerSettings, telemetry: DashboardTelemetry, audit: Audit) -> None:
        self._settings = settings
        self._audit = audit
        self._telemetry = telemetry
        self._lock = threading.Lock()
        self._cached: DeadLetters | None = None
        self._cached_at = 0.0

    def list_oldest(self, reason: str | None = None) -> DeadLetters:
        """Return the oldest messages with this reason, or with any; they are at most CACHE_SECONDS old.

        Raises:
            BrokerUnavailable: The broker does not answer.
            OperationInProgress: Another operation takes too long.
        """
        with self._exclusive():
            if self._cached is None or time.monotonic() - self._cached_at > CACHE_SECONDS:
                self._cached, self._cached_at = self._inspect(), time.monotonic()
            listed = self._cached
        selected = [message for message in listed.messages if reason in (None, message.reason)]
        return listed.model_copy(update={"messages": selected[:MAX_LISTED]})

    def replay(self, request: DeadLetterRequest, actor: str) -> DeadLetterResult:
        """Replay the requested messages.

        Raises:
            OperationInProgress: Another operation takes too long.
            PartialFailure: The broker became unavailable.
            ServiceUnavailable: The database does not answer; nothing was changed.
        """
        selection = _to_filter(request)
        changes = DeadLetterChanges(self._audit, actor, REPLAY)
        operation = Replay(selection, on_done=_adding_to(changes))
        try:
            self._run(operation, changes, request)
        finally:
            self._telemetry.replayed(actor, operation.done, operation.skipped)
        return DeadLetterResult(
            done=operation.done, refused=operation.skipped, not_found=selection.missing_ids()
        )

    def discard(self, request: DeadLetterRequest, actor: str) -> DeadLetterResult:
        """Discard the requested messages.

        Raises:
            OperationInProgress: Another operation takes too long.
            PartialFailure: The broker became unavailable.
            ServiceUnavailable: The database does not answer; nothing was changed.
        """
        selection = _to_filter(request)
        changes = DeadLetterChanges(self._audit, actor, DISCARD)
        operation = Discard(selection, on_done=_adding_to(changes))
        try:
            self._run(operation, changes, request)
        finally:
            self._telemetry.discarded(actor, operation.done)
        return DeadLetterResult(done=operation.done, not_found=selection.missing_ids())

    def _run(
        self, operation: Replay | Discard, changes: DeadLetterChanges, request: DeadLetterRequest
    ) -> None:
        with self._exclusive():
            with nothing_changed():
                changes.request(request.model_dump(mode="json", exclude_defaults=True))
            self._cached = None
            try:
                operation.run(self._settings)
            except ServiceUnavailable as error:
                raise PartialFailure(str(error), operation.done) from error
            finally:
                self._record(changes)

    def _record(self, changes: DeadLetterChanges) -> None:
        try:
            changes.record()
        except (StoreUnavailable, InvalidData) as error:
            self._telemetry.audit_failed(changes.actor, changes.action, changes.letters, str(error))

    def _inspect(self) -> DeadLetters:
        reasons: Counter[str] = Counter()
        items = []
        with open_dead_letter_queue(self._settings) as queue:
            for message in queue.peek(MAX_INSPECTED):
                reasons[message.reason] += 1
                items.append(to_item(message))
            return DeadLetters(
                at=datetime.now(UTC),
                depth=queue.depth,
                inspected=len(items),
                reasons=dict(reasons.most_common()),
                messages=items,
            )

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=LOCK_TIMEOUT_SECONDS):
            raise OperationInProgress(OperationInProgress.__doc__)
        try:
            yield
        finally:
            self._lock.release()


def _adding_to(changes: DeadLetterChanges) -> Callable[[DeadLetter], None]:
    return lambda message: changes.add(message.id, to_summary(message))


def _to_filter(request: DeadLetterRequest) -> DeadLetterFilter:
    reasons = [request.reason] if request.reason else ()
    return DeadLetterFilter(request.ids, reasons, (), request.dead_lettered_before)


def shorten(text: str) -> str:
    """Return the text, or the beginning of a long one; `sensorctl dead show` has all of it."""
    return text if len(text) <= MAX_TEXT_CHARACTERS else f"{text[: MAX_TEXT_CHARACTERS - 1]}…"


def to_item(message: DeadLetter) -> DeadLetterItem:
    """Return the message as the API shows it."""
    return DeadLetterItem(
        id=message.id,
        reason=message.reason,
        detail=shorten(message.detail),
        hint=replay_hint(message.reason),
        at=message.dead_at,
        sensor_id=message.sensor_id and shorten(message.sensor_id),
        replays=message.replays,
        body=message.body[:MAX_BODY_BYTES].decode(errors="backslashreplace"),
        body_bytes=len(message.body),
    )

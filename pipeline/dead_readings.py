"""Record which readings of file jobs are dead-lettered, so that their jobs and reports know."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

import structlog

from db.errors import InvalidData, StoreUnavailable
from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Handler, Work
from readings.dead_reading import DeadReading
from readings.errors import DeadLetterReason, InvalidReading
from runtime.text import to_valid_text

# While the database does not answer, dead letters do not wait for it one by one.
RETRY_SECONDS = 60.0
_NUL = "\0"


class DeadStore(Protocol):
    """Records dead readings (db.store.Store)."""

    def record_dead(self, readings: Sequence[DeadReading]) -> None:
        """Record them."""


class RecordingHandler:
    """A handler that passes a batch to another one, and records the readings of imports that it rejects.

    They are recorded before they are dead-lettered. A dead letter does not depend on it: if the database does
    not record it, the job of the file finds out later that its reading is not stored.
    """

    def __init__(
        self, handler: Handler, store: DeadStore, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._handler = handler
        self._store = store
        self._clock = clock
        self._retry_at = 0.0

    def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        """Handle the batch; raises what the other handler does."""
        result = self._handler(batch, work)
        if any(result.errors):
            self._record(
                [
                    dead
                    for delivery, error in zip(batch, result.errors, strict=True)
                    if error and (dead := _describe(delivery.body, error))
                ]
            )
        return result

    def _record(self, readings: Sequence[DeadReading]) -> None:
        if not readings or self._clock() < self._retry_at:
            return
        try:
            self._store.record_dead(readings)
        except (InvalidData, StoreUnavailable) as error:
            self._retry_at = self._clock() + RETRY_SECONDS
            structlog.get_logger().warning(
                "dead readings of imports not recorded", readings=len(readings), reason=str(error)
            )


def _describe(body: bytes, error: InvalidReading) -> DeadReading | None:
    """Return a dead reading if its message is of an import, and has an ID."""
    if error.reason is DeadLetterReason.TOO_LARGE:  # of no import, and may not fit into memory when parsed
        return None
    try:
        fields = json.loads(body)
        import_id, reading_id = UUID(fields["import_id"]), UUID(fields["reading_id"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    detail = to_valid_text(error.detail).replace(_NUL, "")
    return DeadReading(import_id, reading_id, error.reason.value, detail)

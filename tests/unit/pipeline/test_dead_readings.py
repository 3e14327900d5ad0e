"""Readings of imports that are rejected are recorded, and nothing else; dead letters do not depend on it."""

import json
from collections.abc import Sequence
from uuid import UUID

import pytest

from db.errors import InvalidData, StoreUnavailable
from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult
from pipeline.dead_readings import RETRY_SECONDS, RecordingHandler
from readings.dead_reading import DeadReading
from readings.errors import DeadLetterReason, InvalidReading
from tests.unit.fakes import FakeClock, FakeWork, delivery

pytestmark = pytest.mark.usefixtures("without_garbage_collection")

IMPORT, READING = UUID(int=1), UUID(int=2)
IMPLAUSIBLE = InvalidReading(DeadLetterReason.IMPLAUSIBLE, "temperature is 90 °C\0\ud800")
IMPORTED = delivery(json.dumps({"import_id": str(IMPORT), "reading_id": str(READING)}).encode())
EXPECTED = DeadReading(IMPORT, READING, "implausible", "temperature is 90 °C\\ud800")


class RecordingStore:
    """Raises the next of `errors`, if any, each time that it is called."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.calls = list(errors), list[Sequence[DeadReading]]()

    def record_dead(self, readings: Sequence[DeadReading]) -> None:
        self.calls.append(readings)
        if self.errors:
            raise self.errors.pop(0)


def handle(
    store: RecordingStore, *outcomes: tuple[Delivery, InvalidReading | None], clock: FakeClock | None = None
) -> RecordingHandler:
    def reject(_batch: Sequence[Delivery], _work: object) -> BatchResult:
        return BatchResult([error for _, error in outcomes], lambda: None)

    handler = RecordingHandler(reject, store, clock or FakeClock())
    result = handler([message for message, _ in outcomes], FakeWork())
    assert result.errors == [error for _, error in outcomes]
    return handler


def test_a_rejected_reading_of_an_import_is_recorded_with_its_reason() -> None:
    store = RecordingStore()

    handle(store, (IMPORTED, None), (IMPORTED, IMPLAUSIBLE))

    assert store.calls == [[EXPECTED]]


@pytest.mark.parametrize(
    "body",
    [
        b"not JSON",
        b"[1]",
        b'"text"',
        b'{"reading_id": "00000000-0000-0000-0000-000000000002"}',
        b'{"import_id": 1, "reading_id": 2}',
        b'{"import_id": "mine", "reading_id": "00000000-0000-0000-0000-000000000002"}',
        b"[" * 100_000,
    ],
)
def test_messages_of_others_are_not(body: bytes) -> None:
    store = RecordingStore()

    handle(store, (delivery(body), IMPLAUSIBLE))

    assert store.calls == []


def test_a_body_that_is_too_large_is_not_parsed() -> None:
    store = RecordingStore()

    handle(store, (IMPORTED, InvalidReading(DeadLetterReason.TOO_LARGE, "the body has 16777216 bytes")))

    assert store.calls == []


@pytest.mark.parametrize("error", [StoreUnavailable("down"), InvalidData("too long")])
def test_a_database_that_does_not_record_it_is_tried_again_after_a_minute(error: Exception) -> None:
    store, clock = RecordingStore(error), FakeClock()
    handler = handle(store, (IMPORTED, IMPLAUSIBLE), clock=clock)

    handler([IMPORTED], FakeWork())
    assert len(store.calls) == 1
    clock.now += RETRY_SECONDS
    handler([IMPORTED], FakeWork())

    assert len(store.calls) == 2

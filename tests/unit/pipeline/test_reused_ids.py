"""A reading that has the ID of another one is rejected; a reading that comes again is a duplicate."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest

from messaging.consuming.delivery import Delivery
from pipeline.handler import ReadingHandler, StoreEvents
from readings.errors import DeadLetterReason, InvalidReading
from readings.model import Reading
from readings.stored_reading import StoredReading
from tests.unit.bodies import with_fields
from tests.unit.fakes import READING, EventRecorder, FakeStore, FakeWork, delivery
from tests.unit.handler_harness import UTC_ZONE, HandlerHarness

ID = str(READING.reading_id)
DERIVED = str(uuid5(NAMESPACE_DNS, "kitchen"))


class StoreWith(FakeStore):
    """Has one reading under every ID."""

    def __init__(self, **changed: Any) -> None:
        super().__init__()
        stored = StoredReading("kitchen", True, READING.measured_at, READING.temperature, None)
        self.stored = stored._replace(**changed)

    def save(self, readings: Sequence[Reading]) -> int:
        return 0

    def find_stored(self, readings: Sequence[Reading]) -> dict[int, StoredReading]:
        return {position: self.stored for position, _ in enumerate(readings)}


def handle_with(store: FakeStore, *messages: Delivery) -> list[InvalidReading | None]:
    handler = ReadingHandler(store, EventRecorder(StoreEvents), naive_time_zone=UTC_ZONE)
    return list(handler(messages, FakeWork()).errors)


def test_a_reading_with_the_id_of_another_is_rejected_with_what_is_stored() -> None:
    harness = HandlerHarness()
    harness.handle(with_fields(reading_id=ID))

    [error] = harness.handle(with_fields(reading_id=ID, temperature=22.5))

    assert error
    assert error.reason is DeadLetterReason.REUSED_ID
    assert error.detail == (
        f"reading_id is {ID}, which another reading has: sensor kitchen, 2026-11-22T05:28:37+00:00, 21.5 °C; "
        "send a new UUID with each reading, or none"
    )
    assert [(len(stored.readings), stored.new) for stored in harness.reported] == [(1, 1), (0, 0)]


def test_in_a_batch_only_the_readings_with_the_id_of_another_are_rejected() -> None:
    harness = HandlerHarness()

    errors = harness.handle(
        with_fields(reading_id=ID),
        b"nonsense",
        with_fields(reading_id=ID),
        with_fields(reading_id=ID, sensor_id="attic"),
        with_fields(temperature=20),
        with_fields(reading_id=ID, measured_at="2026-11-22T05:28:38Z"),
    )

    assert [error and error.reason.value for error in errors] == [
        None, "not-json", None, "reused-id", None, "reused-id",
    ]  # fmt: skip
    [stored] = harness.reported
    assert (len(stored.readings), stored.new) == (3, 2)


@pytest.mark.parametrize(
    "stored",
    [
        {"measured_at": READING.measured_at + timedelta(microseconds=900)},
        {"temperature": 21.500000000000004},
        {"temperature": 30.0, "raw_temperature": 21.5},
        {"temperature": 21.5, "raw_temperature": 30.0},
        {"sensor_id": "merged"},
    ],
)
def test_the_same_reading_with_less_precision_calibrated_or_merged_is_a_duplicate(
    stored: dict[str, Any],
) -> None:
    assert handle_with(StoreWith(**stored), delivery(with_fields(reading_id=ID))) == [None]


@pytest.mark.parametrize(
    "stored",
    [
        {"measured_at": READING.measured_at + timedelta(seconds=1)},
        {"temperature": 21.51},
        {"temperature": 30.0, "raw_temperature": 21.51},
        {"sensor_id": "attic", "is_same_sensor": False},
    ],
)
def test_another_time_temperature_or_sensor_is_another_reading(stored: dict[str, Any]) -> None:
    [error] = handle_with(StoreWith(**stored), delivery(with_fields(reading_id=ID)))

    assert error
    assert error.reason is DeadLetterReason.REUSED_ID


@pytest.mark.parametrize(
    "fields",
    [
        {
            "reading_id": DERIVED
        },  # a source has another value, which replaces the stored one with revised_at only
        {"reading_id": DERIVED, "revised_at": "2026-11-22T05:29:00Z"},
        {"reading_id": ID, "import_id": ID},
    ],
)
def test_another_value_of_a_source_or_an_import_is_no_other_reading(fields: dict[str, Any]) -> None:
    assert handle_with(StoreWith(temperature=30.0), delivery(with_fields(**fields))) == [None]


def test_one_derived_id_for_all_times_is_rejected() -> None:
    store = StoreWith(measured_at=READING.measured_at - timedelta(minutes=1))

    [error] = handle_with(store, delivery(with_fields(reading_id=DERIVED)))

    assert error
    assert error.reason is DeadLetterReason.REUSED_ID


@pytest.mark.parametrize(
    ("body", "temperature", "reason"),
    [
        ({"reading_id": ID, "temperature": 21.5}, 21.5, None),
        ({"reading_id": ID, "temperature": 21.5}, 20.0, DeadLetterReason.REUSED_ID),
        (
            {"reading_id": ID, "temperature": 21.5, "measured_at": "2026-11-22T05:28:38Z"},
            21.5,
            DeadLetterReason.REUSED_ID,
        ),
    ],
)
def test_a_device_that_misses_an_acknowledgement_sends_its_reading_again_at_another_time(
    body: dict[str, Any], temperature: float, reason: DeadLetterReason | None
) -> None:
    message = delivery(
        json.dumps(body).encode(), route=("amq.topic", "sensors.kitchen.temperature"), timestamp=1_795_325_320
    )

    [error] = handle_with(StoreWith(temperature=temperature), message)

    assert (error and error.reason) == reason

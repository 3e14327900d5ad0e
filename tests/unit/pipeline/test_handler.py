"""Handling of one message."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from db.errors import InvalidData, StoreUnavailable
from db.settings import PastRetention
from pipeline.handler import ReadingHandler, StoreEvents
from readings.errors import DeadLetterReason
from readings.plausible import PlausibleRanges
from runtime.errors import ShutdownRequested
from tests.unit.bodies import with_fields
from tests.unit.fakes import EventRecorder, FakeStore, FakeWork, delivery
from tests.unit.handler_harness import UTC_ZONE, HandlerHarness

DATABASE_DOWN = StoreUnavailable("Connection refused")


def test_a_valid_message_is_stored_and_reported() -> None:
    harness = HandlerHarness()

    harness.handle(with_fields())

    [reading] = harness.store.readings.values()
    assert (reading.sensor_id, reading.temperature) == ("kitchen", 21.5)
    assert [(list(stored.readings), stored.new) for stored in harness.reported] == [([reading], 1)]
    assert harness.pauses == []


def test_messages_by_mqtt_and_by_amqp_are_stored_together() -> None:
    topic = delivery(b"21.5", route=("amq.topic", "sensors.attic.temperature"), timestamp=1_795_325_317)
    events, store = EventRecorder(StoreEvents), FakeStore()

    result = ReadingHandler(store, events, naive_time_zone=UTC_ZONE)(
        [delivery(b"21.5"), topic, delivery(with_fields())], FakeWork()
    )

    rejected, *stored = result.errors
    assert rejected
    assert rejected.detail.startswith("the body 21.5 is not a JSON object, but a number")
    assert stored == [None, None]
    assert [(reading.sensor_id, reading.measured_at.hour) for reading in store.readings.values()] == [
        ("attic", 5),
        ("kitchen", 5),
    ]


def test_a_message_that_was_stored_already_is_a_duplicate() -> None:
    harness = HandlerHarness()

    harness.handle(with_fields())
    harness.handle(with_fields())

    assert len(harness.store.readings) == 1
    assert [stored.new for stored in harness.reported] == [1, 0]


def test_a_naive_time_is_in_the_configured_time_zone() -> None:
    harness = HandlerHarness(zone=ZoneInfo("Europe/Berlin"))

    harness.handle(with_fields(measured_at="2025-08-11T23:16:59"))

    [reading] = harness.store.readings.values()
    assert reading.measured_at == datetime(2025, 8, 11, 21, 16, 59, tzinfo=UTC)


def test_an_invalid_message_is_rejected_before_the_simulated_work() -> None:
    harness = HandlerHarness(processing_seconds=(1, 1))

    (rejection,) = harness.handle(b"nonsense")

    assert rejection
    assert rejection.reason is DeadLetterReason.NOT_JSON
    assert (harness.store.readings, harness.reported[0].readings, harness.pauses) == ({}, [], [])


def test_a_reading_that_the_database_rejects_is_invalid_with_its_message() -> None:
    harness = HandlerHarness(InvalidData("value out of range (SQLSTATE 22003)"))

    (rejection,) = harness.handle(with_fields())

    assert rejection
    assert rejection.reason is DeadLetterReason.REJECTED_BY_DATABASE
    assert rejection.detail == "value out of range (SQLSTATE 22003)"
    assert harness.reported[0].readings == []


def test_an_outage_rejects_no_message() -> None:
    harness = HandlerHarness(DATABASE_DOWN)

    with pytest.raises(StoreUnavailable):
        harness.handle(with_fields())

    assert harness.events.calls == []


def test_simulated_work_lasts_within_its_range_and_comes_before_the_store() -> None:
    harness = HandlerHarness(processing_seconds=(0.2, 0.4))

    for number in range(50):
        harness.handle(with_fields(temperature=number))

    assert len(harness.pauses) == 50
    assert all(0.2 <= pause <= 0.4 for pause in harness.pauses)
    assert max(harness.pauses) > min(harness.pauses)


def test_interrupted_work_stores_nothing() -> None:
    def interrupt(_seconds: float) -> None:
        raise ShutdownRequested

    store = FakeStore()
    handler = ReadingHandler(
        store, EventRecorder(StoreEvents), naive_time_zone=UTC_ZONE, processing_seconds=(1, 1)
    )

    with pytest.raises(ShutdownRequested):
        handler([delivery(with_fields())], FakeWork(interrupt))

    assert store.readings == {}


@pytest.mark.parametrize("past_retention", ["dead-letter", "store"])
def test_a_reading_that_is_older_than_the_retention_is_dead_lettered_or_stored_by_choice(
    past_retention: PastRetention,
) -> None:
    harness = HandlerHarness(past_retention=past_retention)
    harness.store.kept_from = datetime(2026, 11, 1, tzinfo=UTC)

    errors = harness.handle(
        with_fields(measured_at="2026-10-31T23:59:59.999999Z"),
        with_fields(measured_at="2026-11-01T00:00:00Z"),
    )

    reasons = [error and error.reason for error in errors]
    if past_retention == "store":
        assert (reasons, len(harness.store.readings)) == ([None, None], 2)
        return
    assert reasons == [DeadLetterReason.PAST_RETENTION, None]
    assert "readings are kept from 2026-11-01 on (RETENTION_DAYS)" in str(errors[0])
    assert [reading.measured_at.day for reading in harness.store.readings.values()] == [1]


def test_a_reading_outside_the_plausible_range_is_dead_lettered_with_its_value_and_the_range() -> None:
    harness = HandlerHarness(plausible=PlausibleRanges(-40, 60))

    errors = harness.handle(
        with_fields(temperature=85), with_fields(temperature=-40.01), with_fields(temperature=140, unit="F")
    )

    assert [error and error.reason for error in errors[:2]] == [DeadLetterReason.IMPLAUSIBLE] * 2
    assert str(errors[0]) == (
        "implausible: temperature is 85 °C, outside the plausible range (PLAUSIBLE_MIN, PLAUSIBLE_MAX), "
        "-40 to 60 °C"
    )
    assert errors[2] is None
    assert [reading.temperature for reading in harness.store.readings.values()] == [60]


def test_without_a_retention_every_reading_is_stored() -> None:
    harness = HandlerHarness()

    assert harness.handle(with_fields(measured_at="2001-01-02T00:00:00Z")) == [None]

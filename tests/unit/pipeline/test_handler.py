"""Handling of one message, and the health check of the database."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from db.errors import InvalidData, StoreUnavailable
from pipeline.database_health import DatabaseHealthCheck
from pipeline.handler import ReadingHandler, StoreEvents
from pipeline.telemetry import PipelineTelemetry
from readings.errors import DeadLetterReason
from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from tests.unit.bodies import with_fields
from tests.unit.fakes import EventRecorder, FakeStore, FakeWork, delivery
from tests.unit.handler_harness import UTC_ZONE, HandlerHarness

DATABASE_DOWN = StoreUnavailable("Connection rejection")


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

    assert [error and error.detail for error in result.errors] == [
        "the body 21.5 is not a JSON object",
        None,
        None,
    ]
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


def health_check(*errors: Exception) -> tuple[DatabaseHealthCheck, FakeStore, EventRecorder]:
    store, events = FakeStore(*errors), EventRecorder(PipelineTelemetry)
    return DatabaseHealthCheck(store, events), store, events  # type: ignore[arg-type]


@pytest.mark.usefixtures("quick_retries")
def test_the_start_waits_for_the_database() -> None:
    check, store, events = health_check(DATABASE_DOWN, DATABASE_DOWN)

    check.wait(ShutdownSignal(), timeout_seconds=0)

    assert store.checks == 3
    assert events.names == ["dependency_down", "dependency_down", "database_up"]
    assert len(events.calls_to("progress")) == 2


@pytest.mark.usefixtures("quick_retries")
def test_the_wait_for_the_database_ends_at_the_time_out() -> None:
    check, _, events = health_check(*[DATABASE_DOWN] * 10_000)

    with pytest.raises(StoreUnavailable, match="Connection rejection"):
        check.wait(ShutdownSignal(), timeout_seconds=0.05)

    assert "database_up" not in events.names


def test_a_shutdown_request_ends_the_wait_for_the_database() -> None:
    check, _, _ = health_check(*[DATABASE_DOWN] * 10_000)
    stop = ShutdownSignal()
    stop.set()

    with pytest.raises(ShutdownRequested):
        check.wait(stop, timeout_seconds=0)


@pytest.mark.parametrize(
    ("seconds", "checks"),
    [pytest.param(0.0, 3, id="interval over"), pytest.param(60.0, 1, id="within the interval")],
)
def test_while_idle_the_database_is_checked_at_intervals(
    monkeypatch: pytest.MonkeyPatch, seconds: float, checks: int
) -> None:
    check, store, _ = health_check()
    check.wait(ShutdownSignal(), timeout_seconds=0)
    store.checks = 1
    monkeypatch.setattr("pipeline.database_health.CHECK_SECONDS", seconds)

    check.when_idle()
    check.when_idle()

    assert store.checks == checks


def test_the_start_and_the_end_of_an_outage_while_idle_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.database_health.CHECK_SECONDS", 0)
    check, _, events = health_check(DATABASE_DOWN)

    check.when_idle()
    check.when_idle()

    assert events.names == ["dependency_down", "database_up"]

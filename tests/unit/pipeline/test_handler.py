"""What is done with one message, and looking after the database between messages."""

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
from tests.unit.handler_bench import UTC_ZONE, HandlerBench

DATABASE_DOWN = StoreUnavailable("Connection refused")


def test_a_good_message_is_stored_and_told() -> None:
    bench = HandlerBench()

    bench.handle(with_fields())

    [reading] = bench.store.readings.values()
    assert (reading.sensor_id, reading.temperature) == ("kitchen", 21.5)
    assert [(list(stored.readings), stored.new) for stored in bench.reported] == [([reading], 1)]
    assert bench.pauses == []


def test_what_came_by_mqtt_is_stored_beside_what_did_not() -> None:
    topic = delivery(b"21.5", route=("amq.topic", "sensors.attic.temperature"), timestamp=1_795_325_317)
    events, store = EventRecorder(StoreEvents), FakeStore()

    handled = ReadingHandler(store, events, naive_time_zone=UTC_ZONE)(
        [delivery(b"21.5"), topic, delivery(with_fields())], FakeWork()
    )

    assert [error and error.detail for error in handled.errors] == [
        "the body 21.5 is not a JSON object",
        None,
        None,
    ]
    assert [(one.sensor_id, one.measured_at.hour) for one in store.readings.values()] == [
        ("attic", 5),
        ("kitchen", 5),
    ]


def test_the_same_message_again_is_a_duplicate() -> None:
    bench = HandlerBench()

    bench.handle(with_fields())
    bench.handle(with_fields())

    assert len(bench.store.readings) == 1
    assert [stored.new for stored in bench.reported] == [1, 0]


def test_a_naive_time_is_in_the_zone_that_was_set() -> None:
    bench = HandlerBench(zone=ZoneInfo("Europe/Berlin"))

    bench.handle(with_fields(measured_at="2025-08-11T23:16:59"))

    [reading] = bench.store.readings.values()
    assert reading.measured_at == datetime(2025, 8, 11, 21, 16, 59, tzinfo=UTC)


def test_a_bad_message_is_refused_before_any_work() -> None:
    bench = HandlerBench(processing_seconds=(1, 1))

    (refused,) = bench.handle(b"nonsense")

    assert refused
    assert refused.reason is DeadLetterReason.NOT_JSON
    assert (bench.store.readings, bench.reported[0].readings, bench.pauses) == ({}, [], [])


def test_what_the_database_will_never_take_is_invalid_in_its_words() -> None:
    bench = HandlerBench(InvalidData("value out of range (SQLSTATE 22003)"))

    (refused,) = bench.handle(with_fields())

    assert refused
    assert refused.reason is DeadLetterReason.REJECTED_BY_DATABASE
    assert refused.detail == "value out of range (SQLSTATE 22003)"
    assert bench.reported[0].readings == []


def test_an_outage_is_not_the_messages_fault() -> None:
    bench = HandlerBench(DATABASE_DOWN)

    with pytest.raises(StoreUnavailable):
        bench.handle(with_fields())

    assert bench.events.calls == []


def test_simulated_work_lasts_within_its_range_and_comes_before_the_store() -> None:
    bench = HandlerBench(processing_seconds=(0.2, 0.4))

    for number in range(50):
        bench.handle(with_fields(temperature=number))

    assert len(bench.pauses) == 50
    assert all(0.2 <= pause <= 0.4 for pause in bench.pauses)
    assert max(bench.pauses) > min(bench.pauses)


def test_work_that_is_ended_stores_nothing() -> None:
    def stopped(_seconds: float) -> None:
        raise ShutdownRequested

    store = FakeStore()
    handler = ReadingHandler(
        store, EventRecorder(StoreEvents), naive_time_zone=UTC_ZONE, processing_seconds=(1, 1)
    )

    with pytest.raises(ShutdownRequested):
        handler([delivery(with_fields())], FakeWork(stopped))

    assert store.readings == {}


def watch(*errors: Exception) -> tuple[DatabaseHealthCheck, FakeStore, EventRecorder]:
    store, events = FakeStore(*errors), EventRecorder(PipelineTelemetry)
    return DatabaseHealthCheck(store, events), store, events  # type: ignore[arg-type]


@pytest.mark.usefixtures("quick_retries")
def test_the_first_message_waits_for_the_database() -> None:
    watching, store, events = watch(DATABASE_DOWN, DATABASE_DOWN)

    watching.wait(ShutdownSignal(), timeout_seconds=0)

    assert store.checks == 3
    assert events.names == ["dependency_down", "dependency_down", "database_up"]
    assert len(events.calls_to("progress")) == 2


@pytest.mark.usefixtures("quick_retries")
def test_a_database_that_never_comes_is_given_up_at_the_limit() -> None:
    watching, _, events = watch(*[DATABASE_DOWN] * 10_000)

    with pytest.raises(StoreUnavailable, match="Connection refused"):
        watching.wait(ShutdownSignal(), timeout_seconds=0.05)

    assert "database_up" not in events.names


def test_a_stop_ends_the_wait_for_the_database() -> None:
    watching, _, _ = watch(*[DATABASE_DOWN] * 10_000)
    stop = ShutdownSignal()
    stop.set()

    with pytest.raises(ShutdownRequested):
        watching.wait(stop, timeout_seconds=0)


@pytest.mark.parametrize(
    ("seconds", "checks"), [pytest.param(0.0, 3, id="each time"), pytest.param(60.0, 1, id="not too often")]
)
def test_while_idle_the_database_is_checked_now_and_then(
    monkeypatch: pytest.MonkeyPatch, seconds: float, checks: int
) -> None:
    watching, store, _ = watch()
    watching.wait(ShutdownSignal(), timeout_seconds=0)
    store.checks = 1
    monkeypatch.setattr("pipeline.database_health.CHECK_SECONDS", seconds)

    watching.when_idle()
    watching.when_idle()

    assert store.checks == checks


def test_an_outage_while_idle_is_told_and_so_is_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.database_health.CHECK_SECONDS", 0)
    watching, _, events = watch(DATABASE_DOWN)

    watching.when_idle()
    watching.when_idle()

    assert events.names == ["dependency_down", "database_up"]

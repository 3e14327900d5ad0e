"""The sensor's events: the metrics, the health and the log lines that they update."""

import math
import platform
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from readings.model import Unit
from readings.payload import encode_payload, to_payload
from runtime.health import Health
from runtime.version import VERSION
from sensor.outbox.entry import OutboxEntry
from sensor.telemetry import BROKER, SensorTelemetry
from tests.unit.fakes import READING, FakeClock
from tests.unit.metrics import metric

PAYLOAD = to_payload(READING._replace(sequence=7), 70.7, Unit.FAHRENHEIT)
ENTRY = OutboxEntry("kitchen", str(READING.reading_id), encode_payload(PAYLOAD))
Action = Callable[[SensorTelemetry], None]


@pytest.mark.parametrize(
    ("action", "counter", "event"),
    [
        (lambda telemetry: telemetry.measured(1, pending=4), "sensor_readings_measured_total", None),
        (lambda telemetry: telemetry.published(), "sensor_readings_published_total", None),
        (lambda telemetry: telemetry.returned(), "sensor_readings_returned_total", None),
        (
            lambda telemetry: telemetry.confirmed([ENTRY], pending=4),
            "sensor_readings_confirmed_total",
            "published",
        ),
        (lambda telemetry: telemetry.dropped(1), "sensor_readings_dropped_total", "readings dropped"),
        (
            lambda telemetry: telemetry.outbox_failed("disk I/O error", 3),
            "sensor_outbox_failures_total",
            "outbox failed",
        ),
    ],
)
def test_each_event_of_a_reading_is_counted_and_logged(
    action: Action, counter: str, event: str | None
) -> None:
    before = metric(counter)

    with capture_logs() as lines:
        action(SensorTelemetry(Health()))

    assert metric(counter) == before + 1
    assert [line["event"] for line in lines] == ([event] if event else [])


def test_an_outbox_fails_from_its_first_failure_until_it_recovers() -> None:
    telemetry, since = SensorTelemetry(Health()), "sensor_outbox_failing_since_timestamp_seconds"
    telemetry.outbox_failed("database or disk is full", 3)
    first = metric(since)
    assert first > 0

    telemetry.outbox_failed("database or disk is full", 4)
    assert metric(since) == first

    telemetry.outbox_recovered()
    assert metric(since) == 0


@pytest.mark.parametrize(
    "action",
    [
        lambda telemetry: telemetry.measured(1, pending=4),
        lambda telemetry: telemetry.confirmed([ENTRY], pending=4),
    ],
)
def test_the_number_of_pending_readings_is_exported(action: Action) -> None:
    action(SensorTelemetry(Health()))

    assert metric("sensor_outbox_readings") == 4


def test_an_outage_of_the_broker_is_exported_with_its_seconds() -> None:
    clock = FakeClock()
    telemetry = SensorTelemetry(Health(), clock)
    before = metric("sensor_dependency_down_seconds_total", dependency="broker")

    telemetry.broker_down("gone", 1, pending=2)
    clock.now += 7
    assert metric("sensor_dependency_up", dependency="broker") == 0
    telemetry.broker_up()

    assert metric("sensor_dependency_up", dependency="broker") == 1
    assert metric("sensor_dependency_down_seconds_total", dependency="broker") == before + 7


def test_the_time_of_the_last_confirm_is_exported_and_begins_with_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telemetry = SensorTelemetry(Health())
    monkeypatch.setattr("time.time", lambda: 1_000.0)
    telemetry.started(1, "simulated", 2.5, "run", Path("outbox"), pending=0)
    assert metric("sensor_last_confirmed_timestamp_seconds") == 1_000
    assert metric("sensor_interval_seconds") == 2.5

    monkeypatch.setattr("time.time", lambda: 1_002.0)
    telemetry.confirmed([ENTRY], pending=0)

    assert metric("sensor_last_confirmed_timestamp_seconds") == 1_002


def test_the_versions_are_exported() -> None:
    assert metric("sensor_build_info", version=VERSION, python=platform.python_version()) == 1


def test_an_interval_that_is_not_known_raises_no_alert() -> None:
    SensorTelemetry(Health()).started(1, "replay:a.csv", None, "run", Path("outbox"), pending=0)

    assert math.isnan(metric("sensor_interval_seconds")), "every comparison with it is false"


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(ENTRY._replace(payload=PAYLOAD), id="of this run"),
        pytest.param(ENTRY, id="from the file"),
    ],
)
def test_a_published_reading_is_logged_as_it_was_measured(entry: OutboxEntry) -> None:
    with capture_logs() as lines:
        SensorTelemetry(Health()).confirmed([entry], pending=0)

    [line] = lines
    assert (line["sensor"], line["temperature"], line["unit"]) == ("kitchen", 70.7, "fahrenheit")
    assert (line["measured_at"], line["sequence"]) == ("2026-11-22T05:28:37.000000Z", 7)


def test_a_published_reading_without_a_number_is_logged_without_one() -> None:
    payload = to_payload(READING._replace(run_id=None, sequence=None), 70.7, Unit.FAHRENHEIT)

    with capture_logs() as lines:
        SensorTelemetry(Health()).confirmed([ENTRY._replace(payload=payload)], pending=0)

    assert lines[0]["temperature"] == 70.7
    assert "sequence" not in lines[0]


@pytest.mark.parametrize("body", [b'{"temp\xff', b"7", b"{}"])
def test_a_published_body_that_is_damaged_is_logged_without_its_fields(body: bytes) -> None:
    with capture_logs() as lines:
        SensorTelemetry(Health()).confirmed([ENTRY._replace(body=body)], pending=0)

    assert [(line["event"], line["sensor"]) for line in lines] == [("published", "kitchen")]


def test_log_lines_of_frequent_events_are_limited() -> None:
    clock = FakeClock()
    telemetry = SensorTelemetry(Health(), clock)
    before = metric("sensor_readings_dropped_total")

    with capture_logs() as lines:
        for _ in range(25):
            telemetry.dropped(1)
            clock.now += 1
        telemetry.broker_up()
        telemetry.dropped(1)
        telemetry.stopped(pending=5, in_memory=2)

    drops = [line["readings"] for line in lines if line["event"] == "readings dropped"]
    assert drops == [1, 10, 10, 4, 1]
    assert metric("sensor_readings_dropped_total") == before + 26
    remaining = [(line["event"], line["log_level"], line["readings"]) for line in lines[-2:]]
    assert remaining == [("readings remain in the outbox", "info", 3), ("readings lost", "error", 2)]


def test_pending_readings_of_earlier_runs_are_exported_from_the_start() -> None:
    SensorTelemetry(Health()).started(1, "simulated", 1, "run", Path("outbox"), pending=17)

    assert metric("sensor_outbox_readings") == 17


def test_readiness_follows_the_broker() -> None:
    health = Health(BROKER)
    telemetry = SensorTelemetry(health)

    with capture_logs() as lines:
        telemetry.broker_up()
        assert health.problems() == {}
        telemetry.broker_down("Connection refused", 0.5, pending=3)

    assert health.problems() == {BROKER: "Connection refused"}
    assert [line["event"] for line in lines] == ["connected to the broker", "broker unavailable"]
    assert lines[1]["readings_pending"] == 3


def test_progress_is_a_heartbeat() -> None:
    clock = FakeClock()
    health = Health(stall_seconds=1, clock=clock)
    clock.now += 2

    SensorTelemetry(health).progress()

    assert health.stalled_seconds() is None


def test_above_twenty_readings_per_second_the_log_has_their_number() -> None:
    clock = FakeClock()
    telemetry = SensorTelemetry(Health(), clock)

    with capture_logs() as lines:
        telemetry.confirmed([ENTRY] * 15, pending=0)
        telemetry.confirmed([ENTRY] * 15, pending=0)
        clock.now += 1
        telemetry.progress()
        telemetry.confirmed([ENTRY], pending=0)

    assert [line["event"] for line in lines] == ["published"] * 20 + ["published (aggregated)", "published"]
    assert lines[20]["readings"] == 10

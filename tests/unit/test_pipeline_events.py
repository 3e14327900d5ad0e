"""Each event of a consumer moves its metric, the health and the log together."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from messaging.errors import DeadReason, InvalidReading
from pipeline.events import BROKER, DATABASE, PipelineEvents
from service.health import Health
from tests.unit.fakes import READING, FakeClock

Act = Callable[[PipelineEvents], None]
INVALID = InvalidReading(DeadReason.FUTURE_TIME, "measured_at is far ahead")


def metric(name: str, **labels: str) -> float:
    value = REGISTRY.get_sample_value(name, labels)
    assert value is not None, f"{name} is not exported from the start"
    return value


@pytest.mark.parametrize(
    ("act", "name", "labels"),
    [
        (lambda events: events.stored(READING, duplicate=False), "pipeline_readings_stored_total", {}),
        (lambda events: events.stored(READING, duplicate=True), "pipeline_readings_duplicate_total", {}),
        (lambda events: events.acquitted(5, duplicate=False), "pipeline_readings_stored_total", {}),
        (lambda events: events.acquitted(None, duplicate=True), "pipeline_readings_duplicate_total", {}),
        (
            lambda events: events.dead_lettered(INVALID),
            "pipeline_messages_dead_total",
            {"reason": "future-time"},
        ),
        (lambda events: events.requeued("stopping"), "pipeline_messages_requeued_total", {}),
    ],
)
def test_each_outcome_is_counted_once_and_told_in_one_line(
    act: Act, name: str, labels: dict[str, str]
) -> None:
    events = PipelineEvents(Health())
    before = metric(name, **labels)

    with capture_logs() as lines:
        act(events)

    assert metric(name, **labels) == before + 1
    assert len(lines) == 1


def test_every_reason_is_exported_before_the_first_dead_letter() -> None:
    PipelineEvents(Health())

    for reason in DeadReason:
        assert metric("pipeline_messages_dead_total", reason=reason.value) >= 0


@pytest.mark.parametrize(
    ("act", "problems", "outage", "level", "line"),
    [
        (lambda events: events.consuming("heat"), {DATABASE}, 0, "info", "consuming"),
        (
            lambda events: events.broker_lost("gone", 1),
            {BROKER, DATABASE},
            0,
            "warning",
            "broker unavailable",
        ),
        (lambda events: events.outage("gone", 1), {BROKER, DATABASE}, 1, "warning", "database unavailable"),
        (lambda events: events.outage_over(3), {BROKER}, 0, "info", "database is back"),
        (lambda events: events.stored(READING, duplicate=False), {BROKER}, 0, "info", "stored"),
        (lambda events: events.database_answers(), {BROKER}, 0, None, None),
    ],
)
def test_readiness_metric_and_log_say_the_same(
    act: Act, problems: set[str], outage: int, level: str | None, line: str | None
) -> None:
    health = Health(BROKER, DATABASE)
    events = PipelineEvents(health)
    events.database_answers()
    health.down(DATABASE, "not reached yet")

    with capture_logs() as lines:
        act(events)

    assert set(health.problems()) == problems
    assert metric("pipeline_outage") == outage
    assert [(told["log_level"], told["event"]) for told in lines] == ([(level, line)] if line else [])


def test_a_loss_tells_its_reason_to_whoever_asks() -> None:
    health = Health(BROKER, DATABASE)
    events = PipelineEvents(health)

    events.broker_lost("Connection refused", 0.5)
    events.outage("terminating connection", 0.5)

    assert health.problems() == {BROKER: "Connection refused", DATABASE: "terminating connection"}


def test_an_outage_ends_with_the_next_stored_reading() -> None:
    events = PipelineEvents(Health(DATABASE))
    events.outage("gone", 1)

    events.outage_over(1)

    assert metric("pipeline_outage") == 0


def test_progress_is_a_sign_of_life() -> None:
    clock = FakeClock()
    health = Health(stall_seconds=1, clock=clock)
    clock.now += 2

    PipelineEvents(health).progress()

    assert health.stalled_seconds() is None


def test_a_stored_reading_is_told_with_its_delay() -> None:
    measured_at = datetime.now(UTC) - timedelta(seconds=2)
    count = metric("pipeline_end_to_end_delay_seconds_count")
    total = metric("pipeline_end_to_end_delay_seconds_sum")

    with capture_logs() as lines:
        PipelineEvents(Health()).stored(READING._replace(measured_at=measured_at), duplicate=False)

    assert metric("pipeline_end_to_end_delay_seconds_count") == count + 1
    assert metric("pipeline_end_to_end_delay_seconds_sum") == pytest.approx(total + 2, abs=1)
    assert lines[0]["delay_ms"] == pytest.approx(2000, abs=1000)
    assert (lines[0]["sensor"], lines[0]["temperature"]) == ("kitchen", 21.5)
    assert metric("pipeline_last_stored_timestamp_seconds") == pytest.approx(
        datetime.now(UTC).timestamp(), abs=60
    )


def test_a_reading_from_a_clock_ahead_counts_as_no_delay() -> None:
    total = metric("pipeline_end_to_end_delay_seconds_sum")
    ahead = READING._replace(measured_at=datetime.now(UTC) + timedelta(minutes=4))

    PipelineEvents(Health()).stored(ahead, duplicate=False)

    assert metric("pipeline_end_to_end_delay_seconds_sum") == total

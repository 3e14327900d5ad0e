"""Each event of a consumer updates its metric, the health and the log together."""

import platform
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from db.errors import StoreUnavailable
from pipeline.handler import StoreResult
from pipeline.isolation import IsolationUnavailable
from pipeline.telemetry import BROKER, DATABASE, PipelineTelemetry
from readings.errors import DeadLetterReason, InvalidReading
from readings.model import Reading
from runtime.health import Health
from runtime.line_budget import MAX_LINES_PER_SECOND
from runtime.version import VERSION
from tests.unit.fakes import READING, FakeClock
from tests.unit.metrics import metric

Act = Callable[[PipelineTelemetry], None]
INVALID = InvalidReading(DeadLetterReason.FUTURE_TIME, "measured_at is far ahead")


def stored(*readings: Reading, new: int | None = None) -> StoreResult:
    """Return the result of a batch that was just committed."""
    errors = [None] * len(readings)
    return StoreResult(readings, len(readings) if new is None else new, errors, datetime.now(UTC))


@pytest.mark.parametrize(
    ("act", "name", "labels"),
    [
        (lambda events: events.stored(stored(READING)), "pipeline_readings_stored_total", {}),
        (lambda events: events.stored(stored(READING, new=0)), "pipeline_readings_duplicate_total", {}),
        (lambda events: events.stored_in_isolation(5, duplicate=False), "pipeline_readings_stored_total", {}),
        (
            lambda events: events.stored_in_isolation(None, duplicate=True),
            "pipeline_readings_duplicate_total",
            {},
        ),
        (
            lambda events: events.dead_lettered(INVALID),
            "pipeline_messages_dead_lettered_total",
            {"reason": "future-time"},
        ),
        (lambda events: events.requeued("stopping", 1), "pipeline_messages_requeued_total", {}),
    ],
)
def test_each_outcome_is_counted_once_and_logged_once(act: Act, name: str, labels: dict[str, str]) -> None:
    events = PipelineTelemetry(Health())
    before = metric(name, **labels)

    with capture_logs() as lines:
        act(events)

    assert metric(name, **labels) == before + 1
    assert len(lines) == 1


def test_every_reason_is_exported_before_the_first_dead_letter() -> None:
    PipelineTelemetry(Health())

    for reason in DeadLetterReason:
        assert metric("pipeline_messages_dead_lettered_total", reason=reason.value) >= 0


@pytest.mark.parametrize(
    ("act", "problems", "expected"),
    [
        (lambda events: events.consuming("heat"), {DATABASE}, [("info", "consuming")]),
        (lambda events: events.dependency_up(), {BROKER}, [("info", "database available")]),
        (
            lambda events: events.stored(stored(READING)),
            {BROKER},
            [("info", "database available"), ("info", "stored")],
        ),
        (lambda events: events.database_up(), {BROKER}, [("info", "database available")]),
        (
            lambda events: events.broker_lost("gone", 1),
            {BROKER, DATABASE},
            [("warning", "broker unavailable")],
        ),
        (
            lambda events: events.dependency_down(StoreUnavailable("gone"), 1),
            {BROKER, DATABASE},
            [("warning", "database unavailable")],
        ),
    ],
)
def test_readiness_metric_and_log_agree(
    act: Act, problems: set[str], expected: list[tuple[str, str]]
) -> None:
    health = Health(BROKER, DATABASE)
    events = PipelineTelemetry(health)
    events.broker_lost("gone", 1)
    events.dependency_down(StoreUnavailable("gone"), 1)

    with capture_logs() as lines:
        act(events)

    assert set(health.problems()) == problems
    assert {
        dependency
        for dependency in (BROKER, DATABASE)
        if not metric("pipeline_dependency_up", dependency=dependency)
    } == problems
    assert [(logged["log_level"], logged["event"]) for logged in lines] == expected


def test_the_end_of_an_outage_is_logged_once_with_its_duration() -> None:
    clock = FakeClock()
    events = PipelineTelemetry(Health(DATABASE), clock)
    events.dependency_down(StoreUnavailable("gone"), 5)
    clock.now += 3
    events.dependency_down(StoreUnavailable("still gone"), 5)
    clock.now += 4

    with capture_logs() as lines:
        events.database_up()
        events.database_up()
        events.dependency_up()

    assert [line["outage_seconds"] for line in lines] == [7]


def test_the_health_has_the_reason_why_a_dependency_is_down() -> None:
    health = Health(BROKER, DATABASE)
    events = PipelineTelemetry(health)

    events.broker_lost("Connection refused", 0.5)
    events.dependency_down(StoreUnavailable("terminating connection"), 0.5)

    assert health.problems() == {BROKER: "Connection refused", DATABASE: "terminating connection"}


@pytest.mark.parametrize("database_is_down", [True, False])
def test_isolation_that_is_unavailable_says_nothing_about_the_database(database_is_down: bool) -> None:
    health = Health(DATABASE)
    events = PipelineTelemetry(health)
    events.database_up()
    if database_is_down:
        events.dependency_down(StoreUnavailable("gone"), 1)
    problems = health.problems()

    with capture_logs() as lines:
        events.dependency_down(IsolationUnavailable("no space left"), 1)
        events.dependency_up()

    assert health.problems() == problems
    assert metric("pipeline_dependency_up", dependency=DATABASE) == (not database_is_down)
    assert [(line["log_level"], line["event"], line.get("reason")) for line in lines] == [
        ("warning", "isolation unavailable", "no space left"),
        ("info", "isolation available", None),
    ]


def test_a_database_that_is_down_after_isolation_was_is_up_with_the_held_batch() -> None:
    health = Health(DATABASE)
    events = PipelineTelemetry(health)
    events.dependency_down(IsolationUnavailable("no space left"), 1)
    events.dependency_down(StoreUnavailable("gone"), 1)

    events.dependency_up()

    assert health.problems() == {}


def test_an_outage_ends_with_the_next_stored_reading() -> None:
    events = PipelineTelemetry(Health(DATABASE))
    events.dependency_down(StoreUnavailable("gone"), 1)

    events.stored(stored(READING))

    assert metric("pipeline_dependency_up", dependency=DATABASE) == 1


def test_the_seconds_of_an_outage_grow_while_it_lasts_and_are_counted_once() -> None:
    clock = FakeClock()
    events = PipelineTelemetry(Health(), clock)
    before = {
        dependency: metric("pipeline_dependency_down_seconds_total", dependency=dependency)
        for dependency in (BROKER, DATABASE)
    }
    seen = []

    acts: list[Act] = [
        lambda events: events.dependency_down(StoreUnavailable("gone"), 1),
        lambda events: events.dependency_down(StoreUnavailable("still gone"), 1),
        lambda events: events.dependency_up(),
        lambda events: events.stored(stored(READING)),
    ]
    for act in acts:
        act(events)
        seen.append(metric("pipeline_dependency_down_seconds_total", dependency=DATABASE) - before[DATABASE])
        clock.now += 3

    assert seen == [0, 3, 6, 6]
    assert metric("pipeline_dependency_down_seconds_total", dependency=BROKER) == before[BROKER]


def test_progress_is_a_heartbeat() -> None:
    clock = FakeClock()
    health = Health(stall_seconds=1, clock=clock)
    clock.now += 2

    PipelineTelemetry(health).progress()

    assert health.stalled_seconds() is None


def test_a_stored_reading_is_logged_and_measured_with_its_latency() -> None:
    measured_at = datetime.now(UTC) - timedelta(seconds=2)
    count = metric("pipeline_end_to_end_latency_seconds_count")
    total = metric("pipeline_end_to_end_latency_seconds_sum")

    with capture_logs() as lines:
        PipelineTelemetry(Health()).stored(stored(READING._replace(measured_at=measured_at)))

    assert metric("pipeline_end_to_end_latency_seconds_count") == count + 1
    assert metric("pipeline_end_to_end_latency_seconds_sum") == pytest.approx(total + 2, abs=1)
    assert lines[0]["latency_ms"] == pytest.approx(2000, abs=1000)
    assert (lines[0]["sensor"], lines[0]["temperature"]) == ("kitchen", 21.5)
    assert metric("pipeline_last_stored_timestamp_seconds") == pytest.approx(
        datetime.now(UTC).timestamp(), abs=60
    )


def test_an_imported_reading_has_an_age_and_no_latency() -> None:
    events = PipelineTelemetry(Health())
    old = READING._replace(measured_at=datetime.now(UTC) - timedelta(days=1000))
    imported = old._replace(import_id=old.reading_id)
    count = metric("pipeline_end_to_end_latency_seconds_count")

    with capture_logs() as lines:
        events.stored(stored(imported))
        events.stored(stored(imported, READING._replace(measured_at=datetime.now(UTC))))

    assert metric("pipeline_end_to_end_latency_seconds_count") == count + 1
    assert lines[0]["latency_ms"] is None
    assert 0 <= lines[1]["max_latency_ms"] < 10_000


def test_a_reading_from_a_clock_ahead_has_no_latency() -> None:
    total = metric("pipeline_end_to_end_latency_seconds_sum")
    ahead = READING._replace(measured_at=datetime.now(UTC) + timedelta(minutes=4))

    PipelineTelemetry(Health()).stored(stored(ahead))

    assert metric("pipeline_end_to_end_latency_seconds_sum") == total


def test_a_batch_is_one_log_line_and_each_of_its_readings_is_counted() -> None:
    now = datetime.now(UTC)
    readings = [READING._replace(measured_at=now - timedelta(seconds=n)) for n in range(5)]
    names = [f"pipeline_{name}" for name in (
        "readings_stored_total", "readings_duplicate_total", "end_to_end_latency_seconds_count",
        "store_duration_seconds_count",
    )]  # fmt: skip
    before = [metric(name) for name in names]

    with capture_logs() as lines:
        PipelineTelemetry(Health()).stored(stored(*readings, new=3))

    assert [metric(name) - old for name, old in zip(names, before, strict=True)] == [3, 2, 5, 1]
    assert [line["event"] for line in lines] == ["batch stored"]
    assert (lines[0]["readings"], lines[0]["new"], lines[0]["duplicates"]) == (5, 3, 2)
    assert lines[0]["max_latency_ms"] == pytest.approx(4000, abs=1000)


def test_a_batch_of_invalid_messages_is_not_reported_as_stored() -> None:
    health = Health(DATABASE)
    events = PipelineTelemetry(health)

    with capture_logs() as lines:
        events.stored(StoreResult([], 0, [INVALID], datetime.now(UTC)))

    assert lines == []
    assert health.problems() == {DATABASE: "not reached yet"}


def test_the_store_duration_is_that_of_the_whole_batch() -> None:
    before = metric("pipeline_store_duration_seconds_sum")

    PipelineTelemetry(Health()).stored(stored(READING, READING)._replace(seconds=0.25))

    assert metric("pipeline_store_duration_seconds_sum") == pytest.approx(before + 0.25)


def test_received_messages_are_counted_and_not_logged() -> None:
    before = metric("pipeline_messages_received_total")

    with capture_logs() as lines:
        PipelineTelemetry(Health()).received(3)

    assert metric("pipeline_messages_received_total") == before + 3
    assert lines == []


def test_the_versions_are_exported() -> None:
    labels = {"version": VERSION, "python": platform.python_version()}

    assert metric("pipeline_build_info", **labels) == 1


def test_each_requeued_message_is_counted() -> None:
    before = metric("pipeline_messages_requeued_total")

    PipelineTelemetry(Health()).requeued("stopping", 40)

    assert metric("pipeline_messages_requeued_total") == before + 40


def test_above_the_limit_per_second_the_log_is_aggregated() -> None:
    clock = FakeClock()
    events = PipelineTelemetry(Health(), clock)

    with capture_logs() as lines:
        for _ in range(MAX_LINES_PER_SECOND):
            events.stored(stored(READING))
        events.stored(stored(READING, READING)._replace(seconds=0.25))
        events.stored(stored(READING, new=0)._replace(seconds=0.125))
        events.progress()
        logged_at_once = len(lines)
        clock.now += 1
        events.progress()

    assert logged_at_once == MAX_LINES_PER_SECOND
    (rest,) = lines[MAX_LINES_PER_SECOND:]
    assert rest.pop("max_latency_ms") > 0
    assert rest == {
        "event": "stored (aggregated)", "log_level": "info",
        "readings": 3, "new": 2, "duplicates": 1, "max_store_ms": 250,
    }  # fmt: skip


def test_the_next_second_logs_each_reading_again() -> None:
    clock = FakeClock()
    events = PipelineTelemetry(Health(), clock)

    with capture_logs() as lines:
        for _ in range(MAX_LINES_PER_SECOND + 1):
            events.stored(stored(READING))
        clock.now += 1
        events.stored(stored(READING))

    assert [line["event"] for line in lines[-2:]] == ["stored (aggregated)", "stored"]


def test_the_last_aggregated_line_is_logged_at_the_end() -> None:
    events = PipelineTelemetry(Health(), FakeClock())

    with capture_logs() as lines:
        for _ in range(MAX_LINES_PER_SECOND + 5):
            events.stored(stored(READING))
        events.ended()
        events.ended()

    assert [line["event"] for line in lines].count("stored (aggregated)") == 1
    assert lines[-1]["readings"] == 5


def test_each_latency_is_in_the_bucket_of_the_next_upper_bound() -> None:
    name = "pipeline_end_to_end_latency_seconds_bucket"
    bounds = ("1.0", "2.5", "5.0", "+Inf")
    before = [metric(name, le=bound) for bound in bounds]
    at = datetime.now(UTC)
    readings = [READING._replace(measured_at=at - timedelta(seconds=seconds)) for seconds in (2.5, 3, 1e6)]

    PipelineTelemetry(Health()).stored(StoreResult(readings, 3, [None] * 3, at))

    counts = [metric(name, le=bound) for bound in bounds]
    assert [now - then for now, then in zip(counts, before, strict=True)] == [0, 1, 2, 3]

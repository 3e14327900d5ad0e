"""The problems found in one observation."""

from dataclasses import replace
from datetime import datetime

import pytest

from db.errors import StoreTimeout
from messaging.management.client import ManagementRefused
from monitoring.broker import OldestDeadLetter
from monitoring.model import Health
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.services import Sample, ServiceReport
from monitoring.thresholds import BATCH_MODE
from monitoring.tracker import ProblemTracker
from runtime.health import Dependency
from runtime.severity import Severity
from tests.unit.monitoring.observations import (
    PIPELINE,
    SENSOR,
    keys,
    observation,
    only_problem_after,
    problems_after,
)
from tests.unit.monitoring.samples import REFUSED, UP, ago, not_ready, queue, report, sensor

ANALYSIS = report("analysis", database=UP)


def consuming(consumer: ServiceReport) -> ServiceReport:
    """Return the report with a metric of a consumer."""
    return replace(consumer, samples=[Sample("pipeline_readings_stored_total", {}, 1.0)])


def found(problem_of: Observation) -> tuple[ProblemKind, str, datetime | None]:
    problem = only_problem_after(problem_of)
    return problem.kind, problem.subject, problem.started_at


def test_a_limit_that_drops_messages_is_a_problem() -> None:
    limited = observation(queue=queue(drops=["heat: max-length=10 drops the oldest messages"]))

    problem = only_problem_after(limited)

    assert (problem.kind, problem.subject) == (ProblemKind.QUEUE_DROPS_MESSAGES, "heat")
    assert "heat: max-length=10 drops the oldest messages." in problem.message
    assert "sensorctl setup" in problem.hint


def test_a_healthy_system_has_no_problems() -> None:
    assert problems_after(observation()) == []


def test_a_system_whose_services_are_not_probed_can_be_healthy() -> None:
    assert ProblemTracker().update(Observation(**vars(observation()) | {"reports": []})) == []


@pytest.mark.parametrize("error", [None, REFUSED])
def test_the_broker_is_down_if_no_service_reaches_it(error: str | None) -> None:
    observed = observation(
        not_ready("sensor-1", "broker", ago(20)),
        not_ready("pipeline-1", "broker", ago(30), database=UP),
        queue=None if error else queue(),
        broker_error=error,
    )

    assert found(observed) == (ProblemKind.BROKER_DOWN, "broker", ago(30))
    problem = only_problem_after(observed)
    message = problem.message
    assert "the free space of its disk" in problem.hint
    assert REFUSED in message
    assert ("its management API responds" in message) == (error is None)


def test_the_broker_is_down_if_no_service_reports_and_the_management_api_is_down() -> None:
    down = report("sensor-1", Health.DOWN, "gone")

    problems = problems_after(observation(down, queue=None, broker_error=REFUSED))

    assert keys(problems) == [(ProblemKind.BROKER_DOWN, "broker"), (ProblemKind.SERVICE_DOWN, "sensor-1")]
    assert problems[0].started_at is None


def test_a_management_api_that_is_down_does_not_mean_that_the_broker_is() -> None:
    problem = only_problem_after(observation(queue=None, broker_error=REFUSED))

    assert (problem.kind, problem.subject) == (ProblemKind.MANAGEMENT_API_DOWN, "management API")
    assert "RABBITMQ_MANAGEMENT_URL" in problem.hint


@pytest.mark.parametrize("services", [True, False], ids=["with services", "services are not visible"])
def test_a_management_api_that_refuses_the_user_is_reported_as_such(services: bool) -> None:
    error = ManagementRefused("the management API responds 401 Unauthorized")
    observed = observation(queue=None, broker_error=str(error), broker_exception=error)

    problem = only_problem_after(observed if services else replace(observed, reports=[]))

    assert problem.kind is ProblemKind.MANAGEMENT_API_DOWN
    assert problem.message == (
        "The broker's management API refuses this user: the management API responds 401 Unauthorized."
    )
    assert "RABBITMQ_PASS" in problem.hint


def test_a_broker_that_accepts_connections_is_not_down_because_its_management_api_is() -> None:
    observed = observation(queue=None, broker_error=REFUSED, broker_responds=True)

    assert found(replace(observed, reports=[]))[0] is ProblemKind.MANAGEMENT_API_DOWN


def test_the_database_is_down_if_no_consumer_reaches_it() -> None:
    consumer = not_ready("pipeline-1", "database", ago(45), broker=UP)
    observed = observation(SENSOR, consumer, sensors=None, database_error=REFUSED, queue=queue(ready=5000))

    assert found(observed) == (ProblemKind.DATABASE_DOWN, "database", ago(45))
    assert "though it responds here" in only_problem_after(observation(SENSOR, consumer)).message


@pytest.mark.parametrize(
    "reason",
    [
        'could not extend file "base/12769/16449": No space left on device (SQLSTATE 53100)',
        "connection failed: FATAL: could not write init file",
    ],
)
def test_a_full_disk_of_the_database_is_named(reason: str) -> None:
    consumer = report("pipeline-1", broker=UP, database=Dependency(reason, ago(45)))
    for observed in (
        observation(SENSOR, consumer),
        observation(SENSOR, PIPELINE, sensors=None, database_error=reason),
    ):
        assert "The disk of the database is full: free space on it" in only_problem_after(observed).hint


def test_the_database_is_down_if_it_refuses_the_consumers_though_others_reach_it() -> None:
    # given a password of the consumers that was changed, since when nothing is stored
    consumer = consuming(not_ready("pipeline-1", "database", ago(45), broker=UP))
    sensors = [sensor("1", ago(45), last_received_at=ago(45))]

    observed = observation(SENSOR, consumer, ANALYSIS, sensors=sensors)

    assert found(observed) == (ProblemKind.DATABASE_DOWN, "database", ago(45))
    assert "though it responds here" in only_problem_after(observed).message
    assert "for locks" in only_problem_after(observed).hint


def test_a_service_that_the_database_refuses_is_not_ready_while_a_consumer_stores() -> None:
    refused = not_ready("analysis", "database", ago(45))

    assert found(observation(SENSOR, consuming(PIPELINE), refused))[0] is ProblemKind.SERVICE_NOT_READY


def test_a_database_that_only_the_consumers_reach_is_reported_as_such() -> None:
    problem = only_problem_after(observation(sensors=None, database_error="permission denied"))

    assert (problem.kind, problem.started_at) == (ProblemKind.DATABASE_DOWN, None)
    assert "though consumers reach it: permission denied" in problem.message


def test_a_status_query_above_its_limit_means_a_slow_database() -> None:
    canceled = StoreTimeout("canceling statement due to statement timeout (SQLSTATE 57014)")
    for reports in ((SENSOR, PIPELINE), (SENSOR,)):
        problem = only_problem_after(
            observation(*reports, sensors=None, database_error=str(canceled), database_exception=canceled)
        )
        assert (problem.kind, problem.severity) == (ProblemKind.DATABASE_SLOW, Severity.WARNING)
        assert "too slow" in problem.message
        assert "statement timeout" in problem.message
        assert ("though consumers reach it" in problem.message) == (PIPELINE in reports)


def test_a_late_response_means_a_slow_database_only_if_consumers_reach_it() -> None:
    def kind(*reports: ServiceReport) -> ProblemKind:
        late = observation(
            *reports, sensors=None, database_error="no response in time", database_exception=TimeoutError()
        )
        return only_problem_after(late).kind

    assert kind(SENSOR, PIPELINE) is ProblemKind.DATABASE_SLOW
    assert kind(SENSOR) is ProblemKind.DATABASE_DOWN
    assert kind(SENSOR, not_ready("pipeline-1", "database", ago(45), broker=UP)) is ProblemKind.DATABASE_DOWN


def test_a_slow_database_does_not_hide_a_backlog() -> None:
    slow = StoreTimeout("canceled")
    waiting = queue(ready=5000, oldest_enqueued_at=ago(60))
    observed = observation(sensors=None, database_error="x", database_exception=slow, queue=waiting)

    assert {problem.kind for problem in problems_after(observed)} == {
        ProblemKind.DATABASE_SLOW,
        ProblemKind.BACKLOG,
    }


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (report("sensor-1", Health.DOWN, "gone"), ProblemKind.SERVICE_DOWN),
        (report("sensor-1", Health.STALLED, "its loop makes no progress"), ProblemKind.SERVICE_STALLED),
        (not_ready("sensor-1", "broker", ago(5)), ProblemKind.SERVICE_NOT_READY),
    ],
)
def test_one_service_that_is_not_healthy(broken: ServiceReport, kind: ProblemKind) -> None:
    problem = only_problem_after(observation(broken, PIPELINE))

    assert (problem.kind, problem.subject) == (kind, "sensor-1")
    assert broken.service.reason
    assert broken.service.reason in problem.message
    assert problem.started_at == broken.service.health_since


def test_a_reason_that_is_a_sentence_ends_with_one_full_stop() -> None:
    unready = report("dashboard", Health.NOT_READY, "broker: It is down.", broker=Dependency("x", ago(5)))

    message = only_problem_after(observation(unready, PIPELINE)).message

    assert message == "dashboard is not ready, though others are: broker: It is down."


def test_no_consumers_since_the_last_reading_arrived_if_messages_wait() -> None:
    sensors = [sensor("1", last_received_at=ago(40)), sensor("2", last_received_at=ago(25))]
    waiting = observation(queue=queue(consumers=0, ready=7), sensors=sensors)

    assert found(waiting) == (ProblemKind.NO_CONSUMERS, "heat", ago(25))
    assert "no consumers and 7 ready messages." in only_problem_after(waiting).message
    empty = observation(queue=queue(consumers=0), sensors=sensors)
    assert only_problem_after(empty).started_at is None


@pytest.mark.parametrize(("seconds", "starting"), [(14, True), (16, False)])
def test_a_consumer_that_has_just_started_has_15_seconds_to_consume(seconds: float, starting: bool) -> None:
    consumer = replace(PIPELINE, service=replace(PIPELINE.service, started_at=ago(seconds)))

    problems = problems_after(observation(SENSOR, consumer, queue=queue(consumers=0)))

    assert keys(problems) == ([] if starting else [(ProblemKind.NO_CONSUMERS, "heat")])


def test_a_sensor_that_has_just_started_excuses_no_consumer() -> None:
    started = replace(SENSOR, service=replace(SENSOR.service, started_at=ago(1)))

    assert found(observation(started, PIPELINE, queue=queue(consumers=0)))[0] is ProblemKind.NO_CONSUMERS


def test_a_queue_that_does_not_exist() -> None:
    problem = only_problem_after(observation(queue=None))

    assert (problem.kind, problem.message) == (ProblemKind.NO_CONSUMERS, "The queue heat does not exist.")


@pytest.mark.parametrize(
    ("ready", "oldest", "is_backlog"),
    [(101, 31, True), (100, 500, False), (5000, 29, False), (5000, None, False)],
)
def test_a_backlog_is_many_messages_that_wait_for_long(
    ready: int, oldest: float | None, is_backlog: bool
) -> None:
    waiting = queue(ready=ready, oldest_enqueued_at=None if oldest is None else ago(oldest))

    problems = problems_after(observation(queue=waiting))

    assert keys(problems) == ([(ProblemKind.BACKLOG, "heat")] if is_backlog else [])
    assert [problem.started_at for problem in problems] == (
        [waiting.oldest_enqueued_at] if is_backlog else []
    )


@pytest.mark.parametrize(
    ("flow", "says_why"),
    [
        ({"max_prefetch": 1, "publish_rate": 1000, "ack_rate": 240}, True),
        ({"max_prefetch": 1, "publish_rate": 0, "ack_rate": 900}, False),
        ({"max_prefetch": 1000, "publish_rate": 5000, "ack_rate": 2000}, False),
        ({"max_prefetch": None, "publish_rate": 5000, "ack_rate": 2000}, False),
    ],
    ids=["prefetch 1 falls behind", "prefetch 1 catches up", "batches fall behind", "prefetch unknown"],
)
def test_a_backlog_says_when_to_store_in_batches_and_how(flow: dict[str, float], says_why: bool) -> None:
    waiting = queue(ready=900, oldest_enqueued_at=ago(90), **flow)

    hint = only_problem_after(observation(queue=waiting)).hint

    assert f"{BATCH_MODE} in .env" in hint
    assert "without Docker, `make down` before it" in hint
    assert ("(prefetch 1), store (240/s)" in hint) == says_why


def test_a_backlog_of_consumers_that_store_nothing_is_not_explained_by_their_speed() -> None:
    waiting = queue(ready=900, oldest_enqueued_at=ago(90), max_prefetch=1, publish_rate=60, ack_rate=0)

    hint = only_problem_after(observation(queue=waiting)).hint

    assert BATCH_MODE not in hint
    assert "their log says what they wait for" in hint


@pytest.mark.parametrize(("oldest", "extent"), [(90, "about 90 s"), (600, "at least 600 s")])
def test_a_backlog_older_than_the_brokers_history_waits_at_least_so_long(oldest: float, extent: str) -> None:
    waiting = queue(ready=900, oldest_enqueued_at=ago(oldest))

    assert f"the oldest for {extent}." in only_problem_after(observation(queue=waiting)).message


@pytest.mark.parametrize(
    ("ready", "oldest", "is_backlog"), [(51, 16, True), (50, 16, False), (51, 15, False), (0, None, False)]
)
def test_a_backlog_is_over_at_half_of_its_thresholds(
    ready: int, oldest: float | None, is_backlog: bool
) -> None:
    before = observation(queue=queue(ready=900, oldest_enqueued_at=ago(90)))
    now = observation(queue=queue(ready=ready, oldest_enqueued_at=None if oldest is None else ago(oldest)))

    problems = problems_after(before, now)

    assert keys(problems) == ([(ProblemKind.BACKLOG, "heat")] if is_backlog else [])
    assert [problem.started_at for problem in problems] == ([ago(90)] if is_backlog else []), (
        "it keeps its start"
    )


@pytest.mark.parametrize(
    ("dead_letters", "oldest", "expected"),
    [
        (1, OldestDeadLetter(ago(60), "not-json", ""), "1 message is in the dead-letter queue"),
        (
            3,
            OldestDeadLetter(ago(60), "invalid-field", "sensor_id is missing"),
            "invalid-field, sensor_id is",
        ),
        (2, None, "2 messages are in the dead-letter queue"),
    ],
)
def test_any_dead_letter_is_a_problem(
    dead_letters: int, oldest: OldestDeadLetter | None, expected: str
) -> None:
    observed = observation(queue=queue(dead_letters=dead_letters), oldest_dead_letter=oldest)

    assert found(observed) == (ProblemKind.DEAD_LETTERS, "heat.dead", ago(60) if oldest else None)
    assert expected in only_problem_after(observed).message


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("expired", "a replay stores it if it is a valid reading. `sensorctl dead replay --reason expired`"),
        ("unroutable", "`sensorctl dead replay --reason unroutable`"),
        ("reused-id", "`sensorctl dead export`, and an import without the field, store what it sent"),
        ("not-json", "Fix their sender, or the consumer"),
        ("unknown `rm -rf`", "Fix their sender, or the consumer"),
    ],
)
def test_the_hint_says_whether_a_replay_stores_dead_letters(reason: str, expected: str) -> None:
    oldest = OldestDeadLetter(ago(60), reason, "")
    observed = observation(queue=queue(dead_letters=1), oldest_dead_letter=oldest)
    assert expected in only_problem_after(observed).hint


def test_an_offline_sensor() -> None:
    observed = observation(sensors=[sensor("1"), sensor("attic", ago(300))])

    assert found(observed) == (ProblemKind.SENSOR_OFFLINE, "attic", ago(300))
    assert "usually sends one every 1 s" in only_problem_after(observed).message


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.004, "0.004 s."), (0.0251, "0.025 s."), (9.95, "9.9 s."), (10.4, "10 s."), (3600.0, "3600 s.")],
)
def test_a_short_interval_is_never_0_s(seconds: float, expected: str) -> None:
    offline = replace(sensor("attic", ago(300)), interval_seconds=seconds)
    message = only_problem_after(observation(sensors=[sensor("1"), offline])).message
    assert message.endswith(f"it usually sends one every {expected}")

"""What is wrong, told from the facts of one moment and of those before it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitoring.broker import OldestDead
from monitoring.model import Health, Problem, Queue, Sensor, Service
from monitoring.problems import ProblemKind
from monitoring.rules import Observation
from monitoring.services import Answer
from monitoring.tracker import ProblemTracker
from runtime.health import Dependency

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
REFUSED = "Connection refused"


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def service(name: str, health: Health = Health.READY, why: str | None = None, **needs: Dependency) -> Answer:
    since = min((need.since for need in needs.values() if need.reason), default=None)
    return Answer(service=Service(name=name, health=health, reason=why, health_since=since), needs=needs)


def waiting(name: str, need: str, since: datetime, **others: Dependency) -> Answer:
    why = f"{need}: {REFUSED}"
    return service(name, Health.NOT_READY, why, **{need: Dependency(REFUSED, since)}, **others)


UP = Dependency(None, ago(1000))
SENSOR = service("sensor-1", broker=UP)
PIPELINE = service("pipeline-1", broker=UP, database=UP)
QUEUE: dict[str, Any] = {
    "name": "heat", "ready": 0, "unacked": 1, "dead_letters": 0, "consumers": 1,
    "publish_rate": 1, "ack_rate": 1,
}  # fmt: skip


def queue(**changed: Any) -> Queue:
    return Queue(**QUEUE | changed)


def sensor(sensor_id: str, offline_since: datetime | None = None, **changed: Any) -> Sensor:
    known: dict[str, Any] = {
        "name": None,
        "location": None,
        "last_measured_at": offline_since or ago(1),
        "last_received_at": offline_since or ago(1),
        "last_temperature": 20.0,
        "interval_seconds": 1.0,
    }
    return Sensor(sensor_id=sensor_id, offline_since=offline_since, **known | changed)


def facts(*answers: Answer, at: datetime = NOW, **changed: Any) -> Observation:
    well: dict[str, Any] = {
        "queue_name": "heat",
        "queue": queue(),
        "broker_trouble": None,
        "sensors": [sensor("1")],
        "database_trouble": None,
        "oldest_dead": None,
    }
    return Observation(at=at, answers=list(answers or (SENSOR, PIPELINE)), **well | changed)


def found(*looks: Observation) -> list[Problem]:
    """The problems of the last look."""
    book = ProblemTracker()
    return [book.problems(look) for look in looks][-1]


def only(*looks: Observation) -> Problem:
    (problem,) = found(*looks)
    return problem


def keys(problems: list[Problem]) -> list[tuple[ProblemKind, str]]:
    return [(problem.kind, problem.subject) for problem in problems]


def test_all_is_well() -> None:
    assert found(facts()) == []


def test_a_system_whose_services_cannot_be_seen_can_be_well() -> None:
    assert ProblemTracker().problems(Observation(**vars(facts()) | {"answers": []})) == []


@pytest.mark.parametrize("trouble", [None, REFUSED])
def test_the_broker_is_away_when_no_service_reaches_it(trouble: str | None) -> None:
    problem = only(
        facts(
            waiting("sensor-1", "broker", ago(20)),
            waiting("pipeline-1", "broker", ago(30), database=UP),
            queue=None if trouble else queue(),
            broker_trouble=trouble,
        )
    )

    assert (problem.kind, problem.subject, problem.started_at) == (ProblemKind.BROKER_DOWN, "broker", ago(30))
    assert REFUSED in problem.message
    assert ("its management API answers" in problem.message) == (trouble is None)


def test_the_broker_is_away_when_nobody_else_can_be_asked() -> None:
    down = service("sensor-1", Health.DOWN, "gone")

    problems = found(facts(down, queue=None, broker_trouble=REFUSED))

    assert keys(problems) == [(ProblemKind.BROKER_DOWN, "broker"), (ProblemKind.SERVICE_DOWN, "sensor-1")]
    assert problems[0].started_at is None


def test_a_management_api_that_is_away_is_not_the_broker() -> None:
    problem = only(facts(queue=None, broker_trouble=REFUSED))

    assert (problem.kind, problem.subject) == (ProblemKind.BROKER_DOWN, "management API")
    assert "RABBITMQ_MANAGEMENT_URL" in problem.hint


def test_the_database_is_away_when_no_consumer_reaches_it() -> None:
    away = waiting("pipeline-1", "database", ago(45), broker=UP)

    problem = only(facts(SENSOR, away, sensors=None, database_trouble=REFUSED, queue=queue(ready=5000)))

    assert (problem.kind, problem.subject, problem.started_at) == (
        ProblemKind.DATABASE_DOWN,
        "database",
        ago(45),
    )
    assert "though it answers here" in only(facts(SENSOR, away)).message


def test_a_database_that_answers_only_the_consumers_is_told_as_such() -> None:
    problem = only(facts(sensors=None, database_trouble="permission denied"))

    assert (problem.kind, problem.started_at) == (ProblemKind.DATABASE_DOWN, None)
    assert "though consumers reach it: permission denied" in problem.message


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (service("sensor-1", Health.DOWN, "gone"), ProblemKind.SERVICE_DOWN),
        (service("sensor-1", Health.STALLED, "its loop stands"), ProblemKind.SERVICE_STALLED),
        (waiting("sensor-1", "broker", ago(5)), ProblemKind.SERVICE_NOT_READY),
    ],
)
def test_one_service_that_is_not_well(answer: Answer, kind: ProblemKind) -> None:
    problem = only(facts(answer, PIPELINE))

    assert (problem.kind, problem.subject) == (kind, "sensor-1")
    assert answer.service.reason
    assert answer.service.reason in problem.message
    assert problem.started_at == answer.service.health_since


def test_nobody_consumes_since_the_last_reading_arrived_if_some_wait() -> None:
    sensors = [sensor("1", last_received_at=ago(40)), sensor("2", last_received_at=ago(25))]

    problem = only(facts(queue=queue(consumers=0, ready=7), sensors=sensors))

    assert (problem.kind, problem.subject, problem.started_at) == (ProblemKind.NO_CONSUMERS, "heat", ago(25))
    assert "7 messages wait" in problem.message
    assert only(facts(queue=queue(consumers=0), sensors=sensors)).started_at is None


def test_a_queue_that_is_not_there() -> None:
    problem = only(facts(queue=None))

    assert (problem.kind, problem.message) == (ProblemKind.NO_CONSUMERS, "The queue heat is not there.")


@pytest.mark.parametrize(
    ("ready", "oldest", "behind"),
    [(101, 31, True), (100, 500, False), (5000, 29, False), (5000, None, False)],
)
def test_behind_is_much_that_waits_for_long(ready: int, oldest: float | None, behind: bool) -> None:
    waits = queue(ready=ready, oldest_measured_at=None if oldest is None else ago(oldest))

    problems = found(facts(queue=waits))

    assert keys(problems) == ([(ProblemKind.BACKLOG, "heat")] if behind else [])
    assert [problem.started_at for problem in problems] == ([waits.oldest_measured_at] if behind else [])


@pytest.mark.parametrize(
    ("ready", "oldest", "behind"), [(51, 16, True), (50, 16, False), (51, 15, False), (0, None, False)]
)
def test_a_backlog_that_eases_ends_at_half(ready: int, oldest: float | None, behind: bool) -> None:
    before = facts(queue=queue(ready=900, oldest_measured_at=ago(90)))
    now = facts(queue=queue(ready=ready, oldest_measured_at=None if oldest is None else ago(oldest)))

    problems = found(before, now)

    assert keys(problems) == ([(ProblemKind.BACKLOG, "heat")] if behind else [])
    assert [problem.started_at for problem in problems] == ([ago(90)] if behind else []), (
        "it lasts since it began"
    )


@pytest.mark.parametrize(
    ("dead", "oldest", "words"),
    [
        (1, OldestDead(ago(60), "not-json", ""), "1 message is dead"),
        (3, OldestDead(ago(60), "invalid-field", "sensor_id is missing"), "invalid-field, sensor_id is miss"),
        (2, None, "2 messages are dead"),
    ],
)
def test_any_dead_letter_is_told(dead: int, oldest: OldestDead | None, words: str) -> None:
    problem = only(facts(queue=queue(dead_letters=dead), oldest_dead=oldest))

    assert (problem.kind, problem.subject) == (ProblemKind.DEAD_LETTERS, "heat.dead")
    assert problem.started_at == (ago(60) if oldest else None)
    assert words in problem.message


def test_a_silent_sensor() -> None:
    problem = only(facts(sensors=[sensor("1"), sensor("attic", ago(300))]))

    assert (problem.kind, problem.subject, problem.started_at) == (
        ProblemKind.SENSOR_OFFLINE,
        "attic",
        ago(300),
    )
    assert "usually every 1 s" in problem.message


UNCONSUMED = queue(consumers=0, ready=9)


def test_while_readings_are_held_up_only_who_was_silent_before_is() -> None:
    # given no consumer for a minute, and nobody heard for longer than that
    last_arrival = sensor("ticks", ago(60), last_received_at=ago(60))
    gone, rare = sensor("gone", ago(300)), sensor("rare", ago(300), interval_seconds=50.0)

    problems = found(facts(sensors=[last_arrival, gone, rare], queue=UNCONSUMED))

    assert keys(problems) == [(ProblemKind.NO_CONSUMERS, "heat"), (ProblemKind.SENSOR_OFFLINE, "gone")]


def test_nobody_is_silent_in_a_hold_up_of_unknown_length() -> None:
    silent = sensor("1", ago(300))

    assert keys(found(facts(sensors=[silent], queue=None, broker_trouble=REFUSED))) == [
        (ProblemKind.BROKER_DOWN, "management API")
    ]


def test_without_the_management_api_a_sensor_is_silent_if_others_arrive() -> None:
    look = facts(sensors=[sensor("1", ago(300)), sensor("2")], queue=None, broker_trouble=REFUSED)

    assert keys(found(look)) == [
        (ProblemKind.BROKER_DOWN, "management API"),
        (ProblemKind.SENSOR_OFFLINE, "1"),
    ]


def test_after_a_hold_up_the_next_readings_are_waited_for() -> None:
    # given a hold-up that ended just now, and a sensor whose reading is still on its way
    silent = [sensor("1", ago(60), last_received_at=ago(60))]
    over = facts(sensors=silent)
    much_later = facts(sensors=silent, at=NOW + timedelta(seconds=60))

    assert found(facts(sensors=silent, queue=UNCONSUMED), over) == []
    assert keys(found(facts(sensors=silent, queue=UNCONSUMED), over, much_later)) == [
        (ProblemKind.SENSOR_OFFLINE, "1")
    ]


def test_what_was_there_at_the_first_look_began_nobody_knows_when() -> None:
    down = facts(service("sensor-1", Health.DOWN, "gone"), PIPELINE)
    later = facts(*down.answers, at=NOW + timedelta(seconds=5))

    assert only(down).started_at is None
    assert only(down, later).started_at is None


def test_what_came_later_began_with_the_look_that_saw_it() -> None:
    down = [facts(service("sensor-1", Health.DOWN, "gone"), PIPELINE, at=NOW + n * timedelta(seconds=5))
            for n in (1, 2)]  # fmt: skip

    assert only(facts(), *down).started_at == NOW + timedelta(seconds=5)
    assert only(facts(), *down, facts(at=NOW + timedelta(seconds=15)), down[1]).started_at == down[1].at


def test_the_earliest_that_anybody_told_stays() -> None:
    early, late = (facts(waiting("sensor-1", "broker", ago(age)), PIPELINE) for age in (50, 10))

    assert only(early, late).started_at == ago(50)
    assert only(late, early).started_at == ago(50)

"""Which problems began and which are over, from one look to the next."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerter.alert import Event
from alerter.tracker import AlertTracker
from monitoring.model import Problem, Queue, SystemStatus, Throughput
from monitoring.problems import ProblemKind
from tests.unit.fakes import FakeClock

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SINCE = datetime(2026, 11, 22, 9, 58, 30, 250_000, tzinfo=UTC)
QUEUE = Queue(name="heat", ready=0, unacked=0, dead_letters=0, consumers=1, publish_rate=0.0, ack_rate=0.0)


def a_problem(
    kind: ProblemKind = ProblemKind.SENSOR_OFFLINE, subject: str = "kitchen", since: datetime | None = SINCE
) -> Problem:
    return Problem(
        kind=kind, subject=subject, started_at=since, message=f"{subject} is silent.", hint="Look."
    )


class Bench:
    """Looks at a system whose problems are given, on a clock that goes with it."""

    def __init__(self, hold_seconds: float = 15) -> None:
        self.clock = FakeClock()
        self.changes = AlertTracker(hold_seconds, self.clock)
        self.at = START

    def look(
        self, *problems: Problem, after: float = 5, database: bool = True, queue: bool = True
    ) -> list[dict[str, Any]]:
        """What is told after a look so many seconds later, without that the watch started."""
        events = self.events(*problems, after=after, database=database, queue=queue)
        return [body for body in map(body_of, events) if body["change"] != "started"]

    def events(
        self, *problems: Problem, after: float = 5, database: bool = True, queue: bool = True
    ) -> list[Event]:
        self.clock.now += after
        self.at += timedelta(seconds=after)
        overview = SystemStatus(
            at=self.at,
            services=[],
            queue=QUEUE if queue else None,
            throughput=Throughput(stored_rate=None, latency_p50=None, latency_p95=None),
            sensors=[] if database else None,
            problems=list(problems),
        )
        return self.changes.note(overview)


def body_of(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(event.body)
    assert event.event_id == body["event_id"]
    return body


def told(bodies: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(body["change"], body["subject"]) for body in bodies]


@pytest.fixture
def silent() -> Bench:
    """A kitchen that was told to be silent, and still is."""
    bench = Bench()
    bench.look(a_problem())
    assert told(bench.look(a_problem(), after=15)) == [("began", "kitchen")]
    return bench


def test_a_problem_is_told_once_after_it_was_there_for_a_while() -> None:
    bench = Bench()

    looks = [bench.look(a_problem()) for _ in range(6)]

    assert [told(look) for look in looks] == [[], [], [], [("began", "kitchen")], [], []]
    assert bench.changes.lasting == [a_problem()]


def test_the_body_says_what_when_and_what_to_do() -> None:
    bench = Bench(hold_seconds=0)

    [event] = [e for e in bench.events(a_problem()) if e.change == "began"]

    body = body_of(event)
    assert event.routing_key == "sensor-offline.began.kitchen"
    assert body.pop("event_id") != body.pop("problem_id")
    assert body == {
        "change": "began",
        "kind": "sensor-offline",
        "subject": "kitchen",
        "since": "2026-11-22T09:58:30.250000Z",
        "ended_at": None,
        "sentence": "kitchen is silent.",
        "advice": "Look.",
    }


def test_its_end_is_told_once_after_it_was_gone_for_a_while_with_the_moment_it_went(silent: Bench) -> None:
    looks = [silent.look() for _ in range(6)]

    assert [told(look) for look in looks] == [[], [], [], [("ended", "kitchen")], [], []]
    [body] = looks[3]
    gone_at = datetime.fromisoformat(body["ended_at"])
    assert gone_at == START + timedelta(seconds=25)
    assert body["since"] == "2026-11-22T09:58:30.250000Z"
    assert silent.changes.lasting == []


def test_what_flickers_is_never_told() -> None:
    bench = Bench()

    looks = [bench.look(*([a_problem()] if n % 2 else [])) for n in range(40)]

    assert [told(look) for look in looks if look] == []


def test_what_comes_back_soon_was_never_gone(silent: Bench) -> None:
    looks = [silent.look(*([a_problem()] if n % 3 else [])) for n in range(40)]

    assert [told(look) for look in looks if look] == []
    assert silent.changes.lasting == [a_problem()]


def test_since_stays_what_was_told(silent: Bench) -> None:
    silent.look(a_problem(since=SINCE + timedelta(minutes=1)))
    silent.look()

    [body] = silent.look(after=15)

    assert body["since"] == "2026-11-22T09:58:30.250000Z"


def test_a_problem_that_nobody_can_date_began_when_it_was_first_seen() -> None:
    bench = Bench()
    bench.look(a_problem(since=None))

    [body] = bench.look(a_problem(since=None), after=15)

    assert datetime.fromisoformat(body["since"]) == START + timedelta(seconds=5)


def test_a_date_that_is_found_while_it_is_held_is_taken() -> None:
    bench = Bench()
    bench.look(a_problem(since=None))

    [body] = bench.look(a_problem(), after=15)

    assert body["since"] == "2026-11-22T09:58:30.250000Z"


@pytest.mark.parametrize("hidden", [{"database": False}, {"queue": False}])
def test_what_cannot_be_seen_is_not_over(hidden: dict[str, bool]) -> None:
    kind = ProblemKind.SENSOR_OFFLINE if "database" in hidden else ProblemKind.DEAD_LETTERS
    bench = Bench()
    bench.look(a_problem(kind))
    bench.look(a_problem(kind), after=15)

    # when whoever knows it is away for long
    assert [told(bench.look(**hidden)) for _ in range(10)] == [[]] * 10

    # then its end is counted from the first look that could see it
    assert [told(bench.look()) for _ in range(4)] == [[], [], [], [("ended", "kitchen")]]


def test_other_kinds_end_while_the_database_is_away() -> None:
    bench = Bench(hold_seconds=0)
    bench.look(a_problem(ProblemKind.SERVICE_DOWN, "sensor-1"))

    assert told(bench.look(database=False, queue=False)) == [("ended", "sensor-1")]


def test_two_problems_of_one_kind_are_told_apart() -> None:
    bench = Bench(hold_seconds=0)

    bodies = bench.look(
        a_problem(), a_problem(subject="attic"), a_problem(ProblemKind.SERVICE_DOWN, "kitchen")
    )

    assert told(bodies) == [("began", "kitchen"), ("began", "attic"), ("began", "kitchen")]
    assert len({body["event_id"] for body in bodies} | {body["problem_id"] for body in bodies}) == 6


def test_a_watch_that_is_started_again_tells_the_same_with_the_same_ids(silent: Bench) -> None:
    silent.look()
    [ended] = silent.look(after=15)
    again = Bench()
    again.look(a_problem(), after=3600)

    [began] = again.look(a_problem(), after=15)

    first = Bench(hold_seconds=0).look(a_problem())[0]
    assert began["event_id"] == first["event_id"]
    assert began["problem_id"] == ended["problem_id"]


def test_the_next_time_is_another_problem() -> None:
    later = a_problem(since=SINCE + timedelta(hours=1))

    one, other = (Bench(hold_seconds=0).look(problem)[0] for problem in (a_problem(), later))

    assert one["event_id"] != other["event_id"]
    assert one["problem_id"] != other["problem_id"]


def test_a_watch_that_starts_says_so_once_and_what_lasts() -> None:
    bench = Bench()
    looks = [
        [body_of(event) for event in bench.events(a_problem(), database=True, queue=False)] for _ in range(6)
    ]

    assert [len(look) for look in looks] == [0, 0, 0, 2, 0, 0]
    began, started = looks[3]
    assert started["change"] == "started"
    assert started["kind"] == "alerter"
    assert started["problem_ids"] == [began["problem_id"]]
    assert started["unseen_kinds"] == ["backlog", "dead-letters", "no-consumers"]


def test_two_starts_are_two_events() -> None:
    ids = [Bench(hold_seconds=0).events(after=n)[0].event_id for n in (1, 2)]

    assert ids[0] != ids[1]

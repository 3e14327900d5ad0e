"""What a process knows of its own health."""

from datetime import UTC, datetime, timedelta

from runtime.health import Dependency, Health
from tests.unit.fakes import FakeClock

START = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def test_it_stalls_only_after_the_limit_and_a_beat_ends_it() -> None:
    clock = FakeClock()
    health = Health(stall_seconds=10, clock=clock)

    clock.now += 10
    assert health.stalled_seconds() is None

    clock.now += 0.5
    assert health.stalled_seconds() == 10.5

    health.heartbeat()
    assert health.stalled_seconds() is None


def test_each_need_is_a_problem_until_it_answers() -> None:
    health = Health("broker", "database")
    assert set(health.problems()) == {"broker", "database"}

    health.mark_up("broker")
    health.mark_down("database", "Connection refused")

    assert health.problems() == {"database": "Connection refused"}


def test_since_when_a_need_answers_or_not_is_known() -> None:
    moments = iter(START + timedelta(seconds=n) for n in range(10))
    health = Health("broker", utc_now=lambda: next(moments))
    assert health.dependencies() == {"broker": Dependency("not reached yet", START)}

    health.mark_down("broker", "Connection refused")
    assert health.dependencies() == {"broker": Dependency("Connection refused", START)}, (
        "it is the same outage"
    )

    for _ in range(3):
        health.mark_up("broker")
    assert health.dependencies() == {"broker": Dependency(None, START + timedelta(seconds=1))}

    health.mark_down("broker", "Connection reset")
    assert health.dependencies() == {"broker": Dependency("Connection reset", START + timedelta(seconds=2))}


def test_without_needs_there_are_no_problems() -> None:
    assert Health().problems() == {}

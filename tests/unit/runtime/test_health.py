"""The health of a process: its heartbeat and its dependencies."""

from datetime import UTC, datetime, timedelta

from runtime.health import Dependency, Health
from tests.unit.fakes import FakeClock

START = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


def test_the_loop_is_stalled_after_the_limit_until_the_next_heartbeat() -> None:
    clock = FakeClock()
    health = Health(stall_seconds=10, clock=clock)

    clock.now += 10
    assert health.stalled_seconds() is None

    clock.now += 0.5
    assert health.stalled_seconds() == 10.5

    health.heartbeat()
    assert health.stalled_seconds() is None


def test_each_dependency_is_a_problem_until_it_is_up() -> None:
    health = Health("broker", "database")
    assert set(health.problems()) == {"broker", "database"}

    health.mark_up("broker")
    health.mark_down("database", "Connection refused")

    assert health.problems() == {"database": "Connection refused"}


def test_each_dependency_has_the_time_of_its_last_change() -> None:
    times = iter(START + timedelta(seconds=n) for n in range(10))
    health = Health("broker", utc_now=lambda: next(times))
    assert health.dependencies() == {"broker": Dependency("not reached yet", START)}

    health.mark_down("broker", "Connection refused")
    assert health.dependencies() == {"broker": Dependency("Connection refused", START)}, (
        "a new reason does not start a new outage"
    )

    for _ in range(3):
        health.mark_up("broker")
    assert health.dependencies() == {"broker": Dependency(None, START + timedelta(seconds=1))}

    health.mark_down("broker", "Connection reset")
    assert health.dependencies() == {"broker": Dependency("Connection reset", START + timedelta(seconds=2))}


def test_without_dependencies_there_are_no_problems() -> None:
    assert Health().problems() == {}

"""What a process knows of its own health."""

from service.health import Health
from tests.unit.fakes import FakeClock


def test_it_stalls_only_after_the_limit_and_a_beat_ends_it() -> None:
    clock = FakeClock()
    health = Health(stall_seconds=10, clock=clock)

    clock.now += 10
    assert health.stalled_seconds() is None

    clock.now += 0.5
    assert health.stalled_seconds() == 10.5

    health.beat()
    assert health.stalled_seconds() is None


def test_each_need_is_a_problem_until_it_answers() -> None:
    health = Health("broker", "database")
    assert set(health.problems()) == {"broker", "database"}

    health.up("broker")
    health.down("database", "Connection refused")

    assert health.problems() == {"database": "Connection refused"}


def test_without_needs_there_are_no_problems() -> None:
    assert Health().problems() == {}

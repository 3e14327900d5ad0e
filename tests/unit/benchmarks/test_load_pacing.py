"""The pace of `make load`."""

from dataclasses import dataclass

import pytest

from benchmarks.load.pacing import MAX_WAIT_SECONDS, MIN_WAIT_SECONDS, Pacer

UNLIMITED = 1_000_000


@dataclass
class Clock:
    """A clock that stands still unless it is set."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_readings_become_due_at_the_rate(clock: Clock) -> None:
    pacer = Pacer([10], 60, clock)
    taken = []

    for _ in range(8):
        clock.now += 0.125
        taken.append(pacer.take(UNLIMITED))

    assert taken == [1, 1, 1, 2, 1, 1, 1, 2]


def test_every_rate_holds_for_its_part_and_then_nothing_is_due(clock: Clock) -> None:
    pacer = Pacer([4, 16], 2, clock)
    taken = {0: 0, 1: 0, 2: 0}

    for _ in range(20):
        clock.now += 0.25
        stage = pacer.stage
        taken[stage] += pacer.take(UNLIMITED)

    # What became due in the last moments of the first rate is published in the second.
    assert taken == {0: 7, 1: 29, 2: 0}


def test_a_limit_delays_readings(clock: Clock) -> None:
    pacer = Pacer([100], 60, clock)
    clock.now += 0.5

    assert [pacer.take(30), pacer.take(30), pacer.take(0)] == [30, 20, 0]


def test_after_a_pause_one_second_is_caught_up(clock: Clock) -> None:
    pacer = Pacer([100], 600, clock)
    clock.now += 300

    assert pacer.take(UNLIMITED) == 100
    clock.now += 0.5
    assert pacer.take(UNLIMITED) == 50


def test_a_low_rate_is_kept_although_a_second_is_less_than_a_reading(clock: Clock) -> None:
    pacer = Pacer([0.25], 60, clock)
    taken = []

    for _ in range(12):
        clock.now += 1
        taken.append(pacer.take(UNLIMITED))

    assert taken == [0, 0, 0, 1] * 3


def test_start_begins_with_the_first_rate(clock: Clock) -> None:
    pacer = Pacer([10], 60, clock)
    clock.now += 50
    pacer.start()

    assert pacer.take(UNLIMITED) == 0


def test_the_wait_ends_when_the_next_reading_is_due(clock: Clock) -> None:
    pacer = Pacer([16], 60, clock)
    clock.now += 1 / 32

    assert pacer.seconds_until_due() == pytest.approx(1 / 32)


def test_the_wait_is_bounded(clock: Clock) -> None:
    assert Pacer([0.1], 60, clock).seconds_until_due() == MAX_WAIT_SECONDS
    assert Pacer([100_000], 60, clock).seconds_until_due() == MIN_WAIT_SECONDS
    over = Pacer([100_000], 60, clock)
    clock.now += 60
    assert over.seconds_until_due() == MAX_WAIT_SECONDS

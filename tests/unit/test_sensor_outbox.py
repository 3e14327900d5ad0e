"""The outbox: order, its two lanes and its bound."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.outbox_bench import OutboxBench, reading


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[OutboxBench]:
    bench = OutboxBench(tmp_path / "outbox")
    yield bench
    bench.outbox.close()


@pytest.fixture
def small_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than three fresh readings become backlog, which is read by two."""
    monkeypatch.setattr("sensor.outbox.FRESH_READINGS", 3)
    monkeypatch.setattr("sensor.backlog.CHUNK_READINGS", 2)


# order


def test_readings_leave_in_the_order_in_which_they_came(bench: OutboxBench) -> None:
    bench.put(0, 1, 2)

    assert len(bench.outbox) == 3
    assert bench.drain() == [0, 1, 2]
    assert len(bench.outbox) == 0


def test_a_reading_stays_until_it_is_confirmed(bench: OutboxBench) -> None:
    bench.put(0)

    assert bench.oldest() == bench.oldest() == 0
    assert len(bench.outbox) == 1


def test_equal_readings_are_confirmed_one_by_one(bench: OutboxBench) -> None:
    bench.put(0, 0)

    assert bench.deliver() == 0

    assert len(bench.outbox) == 1


def test_whoever_waits_is_woken_by_the_next_reading(bench: OutboxBench) -> None:
    timer = threading.Timer(0.02, bench.outbox.put, [reading(7)])
    timer.start()

    assert bench.outbox.oldest(30) == [reading(7)]
    timer.join()


def test_waiting_for_nothing_ends(bench: OutboxBench) -> None:
    assert bench.outbox.oldest(0.001) == []


# lanes


@pytest.mark.usefixtures("small_lanes")
def test_a_long_outage_is_delivered_in_order(bench: OutboxBench) -> None:
    bench.put(*range(12))

    assert bench.drain() == list(range(12))


@pytest.mark.usefixtures("small_lanes")
def test_fresh_readings_take_turns_with_a_backlog(bench: OutboxBench) -> None:
    bench.put(*range(8))
    bench.put(100, 101)

    assert bench.drain() == [0, 100, 1, 101, 2, 3, 4, 5, 6, 7]


@pytest.mark.usefixtures("small_lanes")
def test_a_failed_publish_keeps_its_reading_first(bench: OutboxBench) -> None:
    bench.put(*range(8), 100)
    assert bench.deliver() == 0

    assert [bench.oldest() for _ in range(3)] == [100, 100, 100]


@pytest.mark.usefixtures("small_lanes")
def test_a_reading_in_hand_while_its_lane_becomes_backlog_is_delivered_once(bench: OutboxBench) -> None:
    bench.put(0, 1, 2)
    bench.oldest()
    bench.put(3, 4)

    bench.outbox.confirmed()

    assert sorted(bench.drain()) == [1, 2, 3, 4]


@pytest.mark.usefixtures("small_lanes")
def test_many_in_hand_take_turns_too_and_are_confirmed_one_by_one(bench: OutboxBench) -> None:
    bench.put(*range(4), 100, 101, 102)

    assert bench.in_hand(4) == [0, 100, 1, 101]
    bench.outbox.confirmed()
    bench.outbox.confirmed()

    assert len(bench.outbox) == 5
    assert bench.in_hand(9) == [1, 101, 102], "what is not loaded yet comes later"
    assert bench.drain() == [1, 101, 2, 102, 3]


def test_what_is_in_hand_is_given_again_until_it_is_confirmed(bench: OutboxBench) -> None:
    bench.put(0, 1, 2)
    bench.in_hand(2)
    bench.outbox.confirmed()

    assert bench.in_hand(3) == [1, 2]


@pytest.mark.usefixtures("small_lanes")
def test_many_in_hand_while_their_lane_becomes_backlog_are_delivered_once(bench: OutboxBench) -> None:
    bench.put(0, 1, 2)
    bench.in_hand(3)
    bench.put(3, 4)
    for _ in range(3):
        bench.outbox.confirmed()

    assert sorted(bench.drain()) == [3, 4]


# bound


def test_a_full_outbox_drops_its_oldest_and_tells(tmp_path: Path) -> None:
    bench = OutboxBench(tmp_path / "outbox", max_readings=3)
    bench.put(*range(5))

    assert bench.told.of("dropped") == [(1,), (1,)]
    assert bench.on_disk() == [2, 3, 4]
    assert bench.drain() == [2, 3, 4]
    bench.outbox.close()


@pytest.mark.usefixtures("small_lanes")
def test_a_full_backlog_drops_its_oldest(tmp_path: Path) -> None:
    bench = OutboxBench(tmp_path / "outbox", max_readings=6)
    bench.put(*range(8))
    assert bench.oldest() == 2
    bench.put(8, 9)

    assert len(bench.outbox) == 6
    assert sorted(bench.drain()) == [4, 5, 6, 7, 8, 9]
    bench.outbox.close()


def test_what_is_confirmed_makes_room(tmp_path: Path) -> None:
    bench = OutboxBench(tmp_path / "outbox", max_readings=3)
    bench.put(0, 1, 2)
    bench.deliver()
    bench.put(3)

    assert bench.told.of("dropped") == []
    assert bench.drain() == [1, 2, 3]
    bench.outbox.close()


def test_the_confirm_of_a_reading_that_was_dropped_meanwhile_removes_no_other(tmp_path: Path) -> None:
    bench = OutboxBench(tmp_path / "outbox", max_readings=3)
    bench.put(0, 1, 2)
    bench.oldest()
    bench.put(3)

    bench.outbox.confirmed()

    assert len(bench.outbox) == 3
    assert bench.drain() == [1, 2, 3]
    bench.outbox.close()


def test_a_smaller_bound_after_a_restart_holds_from_the_next_reading_on(tmp_path: Path) -> None:
    before = OutboxBench(tmp_path / "outbox", max_readings=10)
    before.put(*range(10))
    before.max_readings = 4
    after = before.restarted()

    after.put(10)

    assert after.told.of("dropped") == [(7,)]
    assert sorted(after.drain()) == [7, 8, 9, 10]
    after.outbox.close()

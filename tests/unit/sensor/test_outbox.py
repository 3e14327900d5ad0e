"""The outbox: its order, its two lanes and its limit."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.outbox_harness import OutboxHarness, entry


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[OutboxHarness]:
    harness = OutboxHarness(tmp_path / "outbox")
    yield harness
    harness.outbox.close()


@pytest.fixture
def small_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Move more than three live readings to the backlog, and load the backlog in chunks of two."""
    monkeypatch.setattr("sensor.outbox.outbox.MAX_LIVE_READINGS", 3)
    monkeypatch.setattr("sensor.outbox.backlog.CHUNK_READINGS", 2)


# order


def test_readings_are_published_in_the_order_in_which_they_were_put(harness: OutboxHarness) -> None:
    harness.put(0, 1, 2)

    assert len(harness.outbox) == 3
    assert harness.drain() == [0, 1, 2]
    assert len(harness.outbox) == 0


def test_a_reading_stays_until_it_is_confirmed(harness: OutboxHarness) -> None:
    harness.put(0)

    assert harness.next_reading() == harness.next_reading() == 0
    assert len(harness.outbox) == 1


def test_equal_readings_are_confirmed_one_by_one(harness: OutboxHarness) -> None:
    harness.put(0, 0)

    assert harness.deliver() == 0

    assert len(harness.outbox) == 1


def test_the_next_reading_wakes_a_waiting_reader(harness: OutboxHarness) -> None:
    timer = threading.Timer(0.02, harness.outbox.put, [entry(7)])
    timer.start()

    assert harness.outbox.next_batch(30) == [entry(7)]
    timer.join()


def test_waiting_for_a_reading_times_out(harness: OutboxHarness) -> None:
    assert harness.outbox.next_batch(0.001) == []


# lanes


@pytest.mark.usefixtures("small_lanes")
def test_a_long_outage_is_delivered_in_order(harness: OutboxHarness) -> None:
    harness.put(*range(12))

    assert harness.drain() == list(range(12))


@pytest.mark.usefixtures("small_lanes")
def test_live_readings_take_turns_with_a_backlog(harness: OutboxHarness) -> None:
    harness.put(*range(8))
    harness.put(100, 101)

    assert harness.drain() == [0, 100, 1, 101, 2, 3, 4, 5, 6, 7]


@pytest.mark.usefixtures("small_lanes")
def test_a_reading_stays_first_after_a_failed_publish(harness: OutboxHarness) -> None:
    harness.put(*range(8), 100)
    assert harness.deliver() == 0

    assert [harness.next_reading() for _ in range(3)] == [100, 100, 100]


@pytest.mark.usefixtures("small_lanes")
def test_a_reading_in_flight_while_its_lane_joins_the_backlog_is_delivered_once(
    harness: OutboxHarness,
) -> None:
    harness.put(0, 1, 2)
    harness.next_reading()
    harness.put(3, 4)

    harness.outbox.mark_confirmed()

    assert sorted(harness.drain()) == [1, 2, 3, 4]


@pytest.mark.usefixtures("small_lanes")
def test_a_batch_alternates_between_the_lanes_and_is_confirmed_one_by_one(harness: OutboxHarness) -> None:
    harness.put(*range(4), 100, 101, 102)

    assert harness.next_batch(4) == [0, 100, 1, 101]
    harness.outbox.mark_confirmed()
    harness.outbox.mark_confirmed()

    assert len(harness.outbox) == 5
    assert harness.next_batch(9) == [1, 101, 102], "the next chunk is not loaded yet"
    assert harness.drain() == [1, 101, 2, 102, 3]


def test_an_unconfirmed_reading_is_in_the_next_batch_again(harness: OutboxHarness) -> None:
    harness.put(0, 1, 2)
    harness.next_batch(2)
    harness.outbox.mark_confirmed()

    assert harness.next_batch(3) == [1, 2]


@pytest.mark.usefixtures("small_lanes")
def test_a_batch_in_flight_while_its_lane_joins_the_backlog_is_delivered_once(harness: OutboxHarness) -> None:
    harness.put(0, 1, 2)
    harness.next_batch(3)
    harness.put(3, 4)
    for _ in range(3):
        harness.outbox.mark_confirmed()

    assert sorted(harness.drain()) == [3, 4]


# limit


def test_a_full_outbox_drops_its_oldest_readings_and_reports_it(tmp_path: Path) -> None:
    harness = OutboxHarness(tmp_path / "outbox", max_readings=3)
    harness.put(*range(5))

    assert harness.events.calls_to("dropped") == [(1,), (1,)]
    assert harness.on_disk() == [2, 3, 4]
    assert harness.drain() == [2, 3, 4]
    harness.outbox.close()


@pytest.mark.usefixtures("small_lanes")
def test_a_full_backlog_drops_its_oldest_readings(tmp_path: Path) -> None:
    harness = OutboxHarness(tmp_path / "outbox", max_readings=6)
    harness.put(*range(8))
    assert harness.next_reading() == 2
    harness.put(8, 9)

    assert len(harness.outbox) == 6
    assert sorted(harness.drain()) == [4, 5, 6, 7, 8, 9]
    harness.outbox.close()


def test_confirmed_readings_make_room(tmp_path: Path) -> None:
    harness = OutboxHarness(tmp_path / "outbox", max_readings=3)
    harness.put(0, 1, 2)
    harness.deliver()
    harness.put(3)

    assert harness.events.calls_to("dropped") == []
    assert harness.drain() == [1, 2, 3]
    harness.outbox.close()


def test_confirming_a_dropped_reading_removes_no_other(tmp_path: Path) -> None:
    harness = OutboxHarness(tmp_path / "outbox", max_readings=3)
    harness.put(0, 1, 2)
    harness.next_reading()
    harness.put(3)

    harness.outbox.mark_confirmed()

    assert len(harness.outbox) == 3
    assert harness.drain() == [1, 2, 3]
    harness.outbox.close()


def test_a_lower_limit_after_a_restart_applies_from_the_next_reading_on(tmp_path: Path) -> None:
    before = OutboxHarness(tmp_path / "outbox", max_readings=10)
    before.put(*range(10))
    before.max_readings = 4
    after = before.restarted()

    after.put(10)

    assert after.events.calls_to("dropped") == [(7,)]
    assert sorted(after.drain()) == [7, 8, 9, 10]
    after.outbox.close()

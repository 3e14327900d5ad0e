"""The outbox and its disk: restarts, deletion in batches, syncs, and a failing disk."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from sensor.outbox.circuit_breaker import RETRY_SECONDS
from tests.unit.fakes import FakeClock
from tests.unit.outbox_harness import OutboxHarness


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[OutboxHarness]:
    harness = OutboxHarness(tmp_path / "outbox")
    yield harness
    harness.outbox.close()


@pytest.fixture
def immediate_disk_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.outbox.circuit_breaker.RETRY_SECONDS", 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Return the clock that decides when a failed disk is tried again."""
    clock = FakeClock()
    monkeypatch.setattr("sensor.outbox.circuit_breaker.time", SimpleNamespace(monotonic=clock))
    return clock


# restarts


def test_a_kill_loses_nothing(harness: OutboxHarness) -> None:
    harness.put(*range(5))

    after = harness.killed()

    assert len(after.outbox) == 5
    after.put(100)
    assert after.drain() == [0, 100, 1, 2, 3, 4]
    after.outbox.close()


def test_a_confirmed_reading_that_was_not_deleted_is_published_again_after_a_kill(
    harness: OutboxHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensor.outbox.outbox.DELETE_INTERVAL_SECONDS", 3600)
    harness.put(*range(4))
    harness.deliver()
    assert harness.deliver() == 1  # reading 0 was deleted before this one was taken

    after = harness.killed()

    assert after.drain() == [1, 2, 3]
    after.outbox.close()


def test_a_clean_shutdown_publishes_nothing_twice(harness: OutboxHarness) -> None:
    harness.put(*range(3))
    assert harness.deliver() == 0

    after = harness.restarted()

    assert len(after.outbox) == 2
    assert after.drain() == [1, 2]
    after.outbox.close()


def test_confirmed_readings_are_deleted_in_batches(
    harness: OutboxHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensor.outbox.outbox.DELETE_BATCH_READINGS", 4)
    monkeypatch.setattr("sensor.outbox.outbox.DELETE_INTERVAL_SECONDS", 3600)
    harness.put(*range(10))
    harness.deliver()
    harness.next_reading()  # deletes reading 0

    on_disk = []
    for _ in range(9):
        harness.deliver()
        on_disk.append(len(harness.on_disk()))

    assert on_disk == [9, 9, 9, 9, 5, 5, 5, 5, 1]
    assert len(harness.outbox) == 0


def test_an_incomplete_batch_is_deleted_after_the_interval(
    harness: OutboxHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensor.outbox.outbox.DELETE_INTERVAL_SECONDS", 0)
    harness.put(0, 1)
    harness.drain()

    assert harness.outbox.next_batch(0) == []
    assert harness.on_disk() == []


def test_a_closed_outbox_returns_no_readings(harness: OutboxHarness) -> None:
    harness.put(0)
    assert harness.next_batch(1) == [0]
    harness.outbox.close()

    harness.outbox.mark_confirmed()

    assert harness.outbox.next_batch(0) == []


# disk


def test_a_commit_waits_for_the_disk_only_while_the_broker_is_down(harness: OutboxHarness) -> None:
    assert harness.disk.synchronous == 2, "FULL, until the broker is up"
    harness.outbox.broker_up()
    assert harness.disk.synchronous == 1, "NORMAL: in WAL mode a commit does not wait"
    harness.outbox.broker_down()
    assert harness.disk.synchronous == 2


def test_with_sync_always_a_commit_always_waits_for_the_disk(tmp_path: Path) -> None:
    harness = OutboxHarness(tmp_path / "outbox", sync_always=True)

    harness.outbox.broker_up()

    assert harness.file.syncs_each_commit
    harness.outbox.close()


@pytest.mark.usefixtures("immediate_disk_retries")
def test_readings_stay_in_memory_while_the_disk_is_full(harness: OutboxHarness) -> None:
    harness.disk.fill()
    harness.put(*range(200))
    assert len(harness.outbox) == 200
    assert harness.outbox.in_memory_only > 0
    reason, *_ = harness.events.calls_to("outbox_failed")[0]
    assert reason == "database or disk is full"

    harness.disk.make_room()
    harness.put(200)

    assert harness.outbox.in_memory_only == 0
    assert harness.events.calls_to("outbox_recovered") == [()]
    assert harness.on_disk() == list(range(201))
    assert harness.drain() == list(range(201))


@pytest.mark.usefixtures("immediate_disk_retries")
def test_readings_in_memory_can_be_delivered_while_the_disk_is_full(harness: OutboxHarness) -> None:
    harness.disk.fill()
    harness.put(*range(200))

    assert harness.drain() == list(range(200))
    assert len(harness.outbox) == 0


def test_a_full_disk_is_retried_at_intervals_and_not_for_each_reading(
    harness: OutboxHarness, clock: FakeClock
) -> None:
    harness.disk.fill()

    harness.put(*range(300))
    assert len(harness.events.calls_to("outbox_failed")) == 1

    clock.now += RETRY_SECONDS
    harness.put(*range(300, 600))
    assert len(harness.events.calls_to("outbox_failed")) == 2


def test_readings_in_memory_are_limited(harness: OutboxHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.outbox.outbox.MAX_UNSAVED_READINGS", 5)
    harness.disk.fill()

    harness.put(*range(200))

    assert harness.outbox.in_memory_only == 5
    kept = harness.on_disk()
    assert len(harness.events.calls_to("dropped")) == 195 - len(kept)
    assert harness.drain() == [*kept, 195, 196, 197, 198, 199]


def test_an_unreadable_backlog_does_not_delay_live_readings(
    harness: OutboxHarness, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensor.outbox.outbox.MAX_LIVE_READINGS", 3)
    harness.put(*range(8))
    harness.disk.become_unreadable()

    assert harness.outbox.next_batch(0) == []
    assert len(harness.events.calls_to("outbox_failed")) == 1
    harness.put(100)

    assert harness.next_reading() == 100
    harness.disk.become_readable()
    clock.now += RETRY_SECONDS
    assert sorted(harness.drain()) == [*range(8), 100]

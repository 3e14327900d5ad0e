"""The outbox and its disk: restarts, deletion in batches, syncs, and a disk that fails."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from sensor.caution import RETRY_SECONDS
from tests.unit.fakes import FakeClock
from tests.unit.outbox_bench import OutboxBench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[OutboxBench]:
    bench = OutboxBench(tmp_path / "outbox")
    yield bench
    bench.outbox.close()


@pytest.fixture
def quick_disk_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.caution.RETRY_SECONDS", 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock that says when a disk that failed is tried again."""
    clock = FakeClock()
    monkeypatch.setattr("sensor.caution.time", SimpleNamespace(monotonic=clock))
    return clock


# restarts


def test_a_kill_loses_nothing(bench: OutboxBench) -> None:
    bench.put(*range(5))

    after = bench.killed()

    assert len(after.outbox) == 5
    after.put(100)
    assert after.drain() == [0, 100, 1, 2, 3, 4]
    after.outbox.close()


def test_a_kill_sends_again_what_was_confirmed_and_not_deleted(
    bench: OutboxBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensor.outbox.DELETE_SECONDS", 3600)
    bench.put(*range(4))
    bench.deliver()
    assert bench.deliver() == 1  # before it, the first one was deleted at once

    after = bench.killed()

    assert after.drain() == [1, 2, 3]
    after.outbox.close()


def test_an_end_in_order_sends_nothing_again(bench: OutboxBench) -> None:
    bench.put(*range(3))
    assert bench.deliver() == 0

    after = bench.restarted()

    assert len(after.outbox) == 2
    assert after.drain() == [1, 2]
    after.outbox.close()


def test_confirmed_readings_are_deleted_in_batches(
    bench: OutboxBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensor.outbox.DELETE_READINGS", 4)
    monkeypatch.setattr("sensor.outbox.DELETE_SECONDS", 3600)
    bench.put(*range(10))
    bench.deliver()
    bench.oldest()  # the first one is deleted at once

    on_disk = []
    for _ in range(9):
        bench.deliver()
        on_disk.append(len(bench.on_disk()))

    assert on_disk == [9, 9, 9, 9, 5, 5, 5, 5, 1]
    assert len(bench.outbox) == 0


def test_the_end_of_a_batch_is_deleted_in_time(bench: OutboxBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.outbox.DELETE_SECONDS", 0)
    bench.put(0, 1)
    bench.drain()

    assert bench.outbox.oldest(0) == []
    assert bench.on_disk() == []


def test_after_the_end_nothing_is_given_out(bench: OutboxBench) -> None:
    bench.put(0)
    assert bench.in_hand(1) == [0]
    bench.outbox.close()

    bench.outbox.confirmed()

    assert bench.outbox.oldest(0) == []


# the disk


def test_a_commit_waits_for_the_disk_only_while_the_broker_is_away(bench: OutboxBench) -> None:
    assert bench.disk.synchronous == 2, "FULL, until the broker has answered"
    bench.outbox.broker_back()
    assert bench.disk.synchronous == 1, "NORMAL: in WAL mode a commit does not wait"
    bench.outbox.broker_away()
    assert bench.disk.synchronous == 2


def test_when_told_to_a_commit_always_waits_for_the_disk(tmp_path: Path) -> None:
    bench = OutboxBench(tmp_path / "outbox", sync_always=True)

    bench.outbox.broker_back()

    assert bench.file.syncs_each_commit
    bench.outbox.close()


@pytest.mark.usefixtures("quick_disk_retries")
def test_a_full_disk_keeps_readings_in_memory_until_it_has_room(bench: OutboxBench) -> None:
    bench.disk.fill()
    bench.put(*range(200))
    assert len(bench.outbox) == 200
    assert bench.outbox.in_memory_only > 0
    reason, *_ = bench.told.of("outbox_failed")[0]
    assert reason == "database or disk is full"

    bench.disk.make_room()
    bench.put(200)

    assert bench.outbox.in_memory_only == 0
    assert bench.told.of("outbox_recovered") == [()]
    assert bench.on_disk() == list(range(201))
    assert bench.drain() == list(range(201))


@pytest.mark.usefixtures("quick_disk_retries")
def test_readings_in_memory_are_delivered_while_the_disk_is_full(bench: OutboxBench) -> None:
    bench.disk.fill()
    bench.put(*range(200))

    assert bench.drain() == list(range(200))
    assert len(bench.outbox) == 0


def test_a_full_disk_is_not_tried_for_each_reading(bench: OutboxBench, clock: FakeClock) -> None:
    bench.disk.fill()

    bench.put(*range(300))
    assert len(bench.told.of("outbox_failed")) == 1

    clock.now += RETRY_SECONDS
    bench.put(*range(300, 600))
    assert len(bench.told.of("outbox_failed")) == 2


def test_readings_in_memory_are_bounded(bench: OutboxBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.outbox.MEMORY_READINGS", 5)
    bench.disk.fill()

    bench.put(*range(200))

    assert bench.outbox.in_memory_only == 5
    kept = bench.on_disk()
    assert len(bench.told.of("dropped")) == 195 - len(kept)
    assert bench.drain() == [*kept, 195, 196, 197, 198, 199]


def test_a_backlog_that_cannot_be_read_does_not_hold_up_fresh_readings(
    bench: OutboxBench, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensor.outbox.FRESH_READINGS", 3)
    bench.put(*range(8))
    bench.disk.become_unreadable()

    assert bench.outbox.oldest(0) == []
    assert len(bench.told.of("outbox_failed")) == 1
    bench.put(100)

    assert bench.oldest() == 100
    bench.disk.become_readable()
    clock.now += RETRY_SECONDS
    assert sorted(bench.drain()) == [*range(8), 100]

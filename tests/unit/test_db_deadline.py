"""The deadline over a blocked socket."""

import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from db.deadline import CHECK_SECONDS, Deadline
from db.store import FROZEN_SECONDS
from messaging.consumer import RECONNECT_SECONDS
from tests.unit.fakes import FakeClock, wait_until

Pair = tuple[socket.socket, socket.socket]


class CountingEvent(threading.Event):
    """Counts the watcher's rounds."""

    def __init__(self) -> None:
        super().__init__()
        self.rounds = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.rounds += 1
        return super().wait(timeout)


class Bench:
    """A deadline of ten seconds on a clock of its own."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.deadline = Deadline(10)
        self.rounds = CountingEvent()
        self.deadline._closed = self.rounds

    def let_the_watcher_look(self) -> None:
        seen = self.rounds.rounds
        wait_until(lambda: self.rounds.rounds >= seen + 3)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    clock = FakeClock()
    monkeypatch.setattr("db.deadline.CHECK_SECONDS", 0.005)
    monkeypatch.setattr("db.deadline.time", SimpleNamespace(monotonic=clock))
    bench = Bench(clock)
    yield bench
    bench.deadline.close()


@pytest.fixture
def pair() -> Iterator[Pair]:
    left, right = socket.socketpair()
    left.settimeout(60)
    with left, right:
        yield left, right


def works(pair: Pair) -> bool:
    left, right = pair
    right.sendall(b"x")
    return left.recv(1) == b"x"


def test_a_wait_beyond_the_deadline_is_ended_as_if_the_connection_was_lost(bench: Bench, pair: Pair) -> None:
    bench.deadline.watch(pair[0].fileno())

    with bench.deadline:
        bench.clock.now += 10.5
        assert pair[0].recv(1) == b""


def test_a_wait_within_the_deadline_is_left_alone(bench: Bench, pair: Pair) -> None:
    bench.deadline.watch(pair[0].fileno())

    with bench.deadline:
        bench.clock.now += 9.5
        bench.let_the_watcher_look()
        assert works(pair)


def test_once_the_block_has_ended_time_may_pass(bench: Bench, pair: Pair) -> None:
    bench.deadline.watch(pair[0].fileno())
    with bench.deadline:
        pass

    bench.clock.now += 1000
    bench.let_the_watcher_look()

    assert works(pair)


def test_a_failed_block_ends_the_deadline_too(bench: Bench, pair: Pair) -> None:
    bench.deadline.watch(pair[0].fileno())
    with pytest.raises(ZeroDivisionError), bench.deadline:
        raise ZeroDivisionError

    bench.clock.now += 1000
    bench.let_the_watcher_look()

    assert works(pair)


def test_after_a_reconnect_the_new_socket_is_watched_and_the_old_one_is_not(bench: Bench, pair: Pair) -> None:
    bench.deadline.watch(pair[0].fileno())
    new, peer = socket.socketpair()
    new.settimeout(60)
    with new, peer:
        bench.deadline.watch(new.fileno())

        with bench.deadline:
            bench.clock.now += 11
            assert new.recv(1) == b""

    assert works(pair)


def test_a_socket_that_is_gone_already_is_no_trouble_for_the_watcher(bench: Bench, pair: Pair) -> None:
    bench.deadline.watch(pair[0].fileno())
    pair[0].shutdown(socket.SHUT_RDWR)
    pair[1].close()

    with bench.deadline:
        bench.clock.now += 11
        bench.let_the_watcher_look()
        bench.let_the_watcher_look()

    assert bench.deadline._thread is not None
    assert bench.deadline._thread.is_alive()


def test_closing_ends_the_watcher_and_leaves_the_socket_open(bench: Bench, pair: Pair) -> None:
    bench.deadline.watch(pair[0].fileno())
    watcher = bench.deadline._thread
    assert watcher is not None

    bench.deadline.close()

    watcher.join(60)
    assert not watcher.is_alive()
    assert works(pair)


def test_a_consumer_that_waits_for_a_frozen_statement_has_time_to_end_within_ten_seconds() -> None:
    assert FROZEN_SECONDS + CHECK_SECONDS + RECONNECT_SECONDS <= 9

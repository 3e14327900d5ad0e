"""The deadline of a blocked socket."""

import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from db.deadline import CHECK_INTERVAL_SECONDS, Deadline
from db.store import SOCKET_TIMEOUT_SECONDS
from messaging.consuming.consumer import RECONNECT_SECONDS
from tests.unit.fakes import FakeClock, wait_until

Pair = tuple[socket.socket, socket.socket]


class CountingEvent(threading.Event):
    """An event that counts how often it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        return super().wait(timeout)


class Harness:
    """A deadline of ten seconds with a clock that the test controls."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.deadline = Deadline(10)
        self.event = CountingEvent()
        self.deadline._closed = self.event

    def wait_for_checks(self) -> None:
        before = self.event.waits
        wait_until(lambda: self.event.waits >= before + 3)


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    clock = FakeClock()
    monkeypatch.setattr("db.deadline.CHECK_INTERVAL_SECONDS", 0.005)
    monkeypatch.setattr("db.deadline.time", SimpleNamespace(monotonic=clock))
    harness = Harness(clock)
    yield harness
    harness.deadline.close()


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


def test_a_call_beyond_the_deadline_fails_like_a_lost_connection(harness: Harness, pair: Pair) -> None:
    harness.deadline.attach(pair[0].fileno())

    with harness.deadline:
        harness.clock.now += 10.5
        assert pair[0].recv(1) == b""


def test_a_call_within_the_deadline_is_not_ended(harness: Harness, pair: Pair) -> None:
    harness.deadline.attach(pair[0].fileno())

    with harness.deadline:
        harness.clock.now += 9.5
        harness.wait_for_checks()
        assert works(pair)


def test_after_the_block_the_socket_stays_open(harness: Harness, pair: Pair) -> None:
    harness.deadline.attach(pair[0].fileno())
    with harness.deadline:
        pass

    harness.clock.now += 1000
    harness.wait_for_checks()

    assert works(pair)


def test_after_a_failed_block_the_socket_stays_open(harness: Harness, pair: Pair) -> None:
    harness.deadline.attach(pair[0].fileno())
    with pytest.raises(ZeroDivisionError), harness.deadline:
        raise ZeroDivisionError

    harness.clock.now += 1000
    harness.wait_for_checks()

    assert works(pair)


def test_after_a_reconnect_the_deadline_applies_to_the_new_socket_only(harness: Harness, pair: Pair) -> None:
    harness.deadline.attach(pair[0].fileno())
    new, peer = socket.socketpair()
    new.settimeout(60)
    with new, peer:
        harness.deadline.attach(new.fileno())

        with harness.deadline:
            harness.clock.now += 11
            assert new.recv(1) == b""

    assert works(pair)


def test_the_thread_survives_a_socket_that_is_closed_already(harness: Harness, pair: Pair) -> None:
    harness.deadline.attach(pair[0].fileno())
    pair[0].shutdown(socket.SHUT_RDWR)
    pair[1].close()

    with harness.deadline:
        harness.clock.now += 11
        harness.wait_for_checks()
        harness.wait_for_checks()

    assert harness.deadline._thread is not None
    assert harness.deadline._thread.is_alive()


def test_closing_ends_the_thread_and_leaves_the_socket_open(harness: Harness, pair: Pair) -> None:
    harness.deadline.attach(pair[0].fileno())
    thread = harness.deadline._thread
    assert thread is not None

    harness.deadline.close()

    thread.join(60)
    assert not thread.is_alive()
    assert works(pair)


def test_a_consumer_with_a_frozen_database_can_stop_within_ten_seconds() -> None:
    assert SOCKET_TIMEOUT_SECONDS + CHECK_INTERVAL_SECONDS + RECONNECT_SECONDS <= 9

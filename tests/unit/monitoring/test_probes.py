"""Probes run concurrently, and each has a deadline."""

import time
from collections.abc import Iterator
from threading import Event

import pytest

from db.errors import StoreUnavailable
from monitoring.probes import ProbePool, ProbeResult, wait_for_result


def soon() -> float:
    return time.monotonic() + 60


@pytest.fixture
def pool() -> Iterator[ProbePool]:
    pool = ProbePool()
    yield pool
    pool.close()


def test_a_probe_returns_its_value(pool: ProbePool) -> None:
    assert wait_for_result(pool.start("it", lambda: 5), soon()) == ProbeResult(5, None)


def test_an_outage_is_an_error_with_unprintable_characters_escaped(pool: ProbePool) -> None:
    def fail() -> int:
        raise StoreUnavailable("it is \x07 down")

    result = wait_for_result(pool.start("it", fail), soon())
    assert result[:2] == (None, r"it is \x07 down")
    assert isinstance(result.exception, StoreUnavailable)


def test_a_slow_probe_delays_nothing_and_is_started_once(pool: ProbePool) -> None:
    finish, started = Event(), []

    def slow() -> int:
        started.append(1)
        finish.wait(60)
        return 7

    first = pool.start("it", slow)
    late = wait_for_result(first, time.monotonic())
    assert late[:2] == (None, "no response in time")
    assert isinstance(late.exception, TimeoutError)
    assert pool.start("it", slow) is first

    finish.set()
    assert wait_for_result(first, soon()) == ProbeResult(7, None)
    assert wait_for_result(pool.start("it", lambda: 8), soon()) == ProbeResult(8, None)
    assert started == [1]

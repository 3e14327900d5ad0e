"""Probes that run concurrently, so that one that does not respond delays no other."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, NamedTuple, TypeVar

from runtime.errors import ServiceUnavailable
from runtime.text import escape_unprintable

MAX_CONCURRENT_PROBES = 64
T = TypeVar("T")


class ProbeResult(NamedTuple, Generic[T]):
    """The value that a probe returned, or the error that says why there is none, and its exception."""

    value: T | None
    error: str | None
    exception: Exception | None = None


class ProbePool:
    """Runs probes on background threads, at most one of each name at a time."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(MAX_CONCURRENT_PROBES, thread_name_prefix="probe")
        self._futures: dict[str, Future[Any]] = {}

    def start(self, name: str, probe: Callable[[], T]) -> "Future[T]":
        """Start a probe, or return the one of this name that is still running."""
        future = self._futures.get(name)
        if future is None or future.done():
            future = self._futures[name] = self._executor.submit(probe)
        return future

    def close(self) -> None:
        """Start no more probes; those that are running end by their own timeouts."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def wait_for_result(future: "Future[T]", deadline: float) -> ProbeResult[T]:
    """Wait for a probe until `deadline` of the monotonic clock."""
    try:
        return ProbeResult(future.result(max(0.0, deadline - time.monotonic())), None)
    except TimeoutError as error:
        return ProbeResult(None, "no response in time", error)
    except ServiceUnavailable as error:
        return ProbeResult(None, escape_unprintable(str(error)), error)

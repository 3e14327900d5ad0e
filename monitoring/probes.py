"""Questions that are asked at once, so that one which is not answered holds up no other."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, NamedTuple, TypeVar

from runtime.errors import ServiceUnavailable
from runtime.text import escape_unprintable

MOST_AT_ONCE = 64
T = TypeVar("T")


class ProbeResult(NamedTuple, Generic[T]):
    """What was answered, or why there is no answer."""

    answer: T | None
    trouble: str | None


class ProbePool:
    """Asks in the background. A question that is still open is not asked again."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="asking")
        self._open: dict[str, Future[Any]] = {}

    def ask(self, name: str, question: Callable[[], T]) -> "Future[T]":
        """Ask the question of this name, unless it is open from before."""
        asked = self._open.get(name)
        if asked is None or asked.done():
            asked = self._open[name] = self._pool.submit(question)
        return asked

    def close(self) -> None:
        """Ask nothing more; what is open ends by its own time-outs."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def known(asked: "Future[T]", until: float) -> ProbeResult[T]:
    """The answer, or why there is none by that moment of the monotonic clock."""
    try:
        return ProbeResult(asked.result(max(0.0, until - time.monotonic())), None)
    except TimeoutError:
        return ProbeResult(None, "no answer in time")
    except ServiceUnavailable as error:
        return ProbeResult(None, escape_unprintable(str(error)))

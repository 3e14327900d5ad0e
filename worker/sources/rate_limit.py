"""Limits of how often a source is requested."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from db.errors import StoreUnavailable
from db.workflows.sources import Sources
from jobs.source import Source

BURST_SECONDS = 10.0


class RateLimit(Protocol):
    """Requests to one source, by whichever job."""

    def reserve(self) -> float:
        """Take the place of the next request, and return the seconds until it may be sent."""

    def defer(self, seconds: float) -> None:
        """Send no request before these seconds have passed: the source requires it."""


class SharedRateLimit:
    """The token bucket of a source in the database, for all workers; one of its own while that is down."""

    def __init__(self, sources: Sources, source: Source) -> None:
        self._sources = sources
        self._source = source
        self._own = TokenBucket(source.requests_per_minute)

    def reserve(self) -> float:
        """Take a token, and return the seconds until it is there."""
        own = self._own.reserve()
        try:
            return self._sources.reserve_request(self._source.name)
        except StoreUnavailable:
            return own

    def defer(self, seconds: float) -> None:
        """Empty the bucket, and fill it only after these seconds."""
        self._own.defer(seconds)
        with suppress(StoreUnavailable):
            self._sources.defer_requests(self._source.name, seconds)


class TokenBucket:
    """A token bucket for the requests of this process. Up to ten seconds' requests may be sent at once."""

    def __init__(self, requests_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._interval = 60 / requests_per_minute
        self._burst = max(BURST_SECONDS - self._interval, 0.0)
        self._next = clock() - self._burst

    def reserve(self) -> float:
        """Take a token, and return the seconds until it is there."""
        now = self._clock()
        self._next = max(self._next, now - self._burst)
        wait = max(self._next - now, 0.0)
        self._next += self._interval
        return wait

    def defer(self, seconds: float) -> None:
        """Empty the bucket, and fill it only after these seconds."""
        self._next = max(self._next, self._clock() + seconds)

"""Slows down clients that guess keys."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from math import ceil

from web.limits import Exceeded, Overloaded, client_network

# One person's typing errors are free; guessing is slower than one key per ten seconds.
ATTEMPTS_PER_ADDRESS = 10
SECONDS_PER_ATTEMPT = 10.0
# Above this in all, an address that has sent wrong keys is checked again only when it has not for a while.
ATTEMPTS_IN_ALL = 100
SECONDS_PER_ATTEMPT_IN_ALL = 1.0
MAX_ADDRESSES = 4_096


class Bucket:
    """Attempts that are refilled with time, up to a capacity."""

    def __init__(self, capacity: int, seconds_per_attempt: float, now: float) -> None:
        self._capacity = capacity
        self._seconds_per_attempt = seconds_per_attempt
        self._spent = 0.0
        self._updated_at = now

    def spend(self, now: float) -> None:
        """Use one attempt; the debt is bounded, so that waiting always helps."""
        self._refill(now)
        self._spent = min(self._spent + 1, self._capacity)

    def wait_seconds(self, now: float, *, until_full: bool = False) -> float:
        """Return the time until there is an attempt, or until no attempt is spent any more."""
        self._refill(now)
        excess = self._spent if until_full else self._spent - self._capacity + 1
        return max(0.0, excess) * self._seconds_per_attempt

    def _refill(self, now: float) -> None:
        self._spent = max(0.0, self._spent - (now - self._updated_at) / self._seconds_per_attempt)
        self._updated_at = now


class KeyThrottle:
    """Decides whether a key of an address is checked at all. Any thread may use it.

    An address that sent no wrong key is always checked, so no client can lock out one elsewhere. At most
    MAX_ADDRESSES are remembered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._all = Bucket(ATTEMPTS_IN_ALL, SECONDS_PER_ATTEMPT_IN_ALL, clock())
        self._addresses: OrderedDict[str, Bucket] = OrderedDict()

    def check(self, address: str) -> None:
        """Permit the next attempt of this address.

        Raises:
            Overloaded: The address sent too many wrong keys.
        """
        with self._lock:
            now = self._clock()
            bucket = self._addresses.get(client_network(address))
            if bucket is None:
                return
            seconds = bucket.wait_seconds(now, until_full=self._all.wait_seconds(now) > 0)
        if seconds > 0:
            wait = ceil(round(seconds, 3))
            detail = f"Too many wrong keys came from this address. Try again in {wait} seconds."
            raise Overloaded(Exceeded(HTTPStatus.TOO_MANY_REQUESTS, detail), wait)

    def wrong_key(self, address: str) -> None:
        """Count a wrong key of this address."""
        network = client_network(address)
        with self._lock:
            now = self._clock()
            bucket = self._addresses.get(network) or Bucket(ATTEMPTS_PER_ADDRESS, SECONDS_PER_ATTEMPT, now)
            bucket.spend(now)
            self._all.spend(now)
            self._addresses[network] = bucket
            self._addresses.move_to_end(network)
            if len(self._addresses) > MAX_ADDRESSES:
                self._addresses.popitem(last=False)

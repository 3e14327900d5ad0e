"""Limits on what one address, and all of them together, can occupy."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from fastapi import HTTPException

IPV6_NETWORK_BITS = 64
RETRY_AFTER_SECONDS = 10
UNKNOWN_ADDRESS = ""


class Exceeded(NamedTuple):
    """Why something is refused: 429 when the address occupies too much itself, else 503."""

    status: HTTPStatus
    detail: str


class Overloaded(HTTPException):
    """A limit is reached: try again later."""

    def __init__(self, exceeded: Exceeded, retry_after_seconds: int = RETRY_AFTER_SECONDS) -> None:
        headers = {"Retry-After": str(retry_after_seconds)}
        super().__init__(exceeded.status, exceeded.detail, headers)


class Slots:
    """A number of places for something, such as `event streams`, in all and per address. Not thread-safe."""

    def __init__(self, what: str, *, total: int, per_address: int) -> None:
        self._what = what
        self._total = total
        self._per_address = per_address
        self._occupied: Counter[str] = Counter()

    @property
    def occupied(self) -> int:
        """The number of places that are occupied."""
        return self._occupied.total()

    def acquire(self, address: str) -> Exceeded | None:
        """Occupy a place; if there is none, return why."""
        owner = client_network(address)
        if self._occupied[owner] >= self._per_address:
            detail = f"This address has {self._per_address} {self._what} already, which is the limit."
            exceeded = Exceeded(HTTPStatus.TOO_MANY_REQUESTS, f"{detail} Close some, or try again later.")
        elif self.occupied >= self._total:
            detail = f"The service has {self._total} {self._what} already, which is the limit."
            exceeded = Exceeded(HTTPStatus.SERVICE_UNAVAILABLE, f"{detail} Try again later.")
        else:
            self._occupied[owner] += 1
            return None
        self._occupied += Counter()  # forgets addresses without a place
        return exceeded

    def release(self, address: str) -> None:
        """Free a place that this address occupies."""
        self._occupied[client_network(address)] -= 1
        self._occupied += Counter()

    @contextmanager
    def occupy(self, address: str) -> Iterator[None]:
        """Occupy a place while the block runs.

        Raises:
            Overloaded: There is no place.
        """
        if exceeded := self.acquire(address):
            raise Overloaded(exceeded)
        try:
            yield
        finally:
            self.release(address)


def client_network(address: str) -> str:
    """Return what one client can choose from: its IPv4 address, or the network of its IPv6 address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN_ADDRESS
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> IPV6_NETWORK_BITS << IPV6_NETWORK_BITS))
    return str(parsed)

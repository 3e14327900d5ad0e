"""The hosts in the broker's address, and attempts to use one of them.

As in the addresses of libpq, the part for the host may list several:
amqp://user:password@rabbitmq:5672,rabbitmq-2,[::1]:5673/vhost (docs/adr/0036-several-hosts-of-the-broker.md).
"""

import random
import re
import socket
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from messaging.errors import BrokerUnavailable

# Of an attempt at the only host.
ATTEMPT_TIMEOUT_SECONDS = 10
# Of an attempt at one of several hosts: another one may respond.
HOST_TIMEOUT_SECONDS = 3.0
# urlsplit refuses a list with an IPv6 address, and takes an @ in the list as the end of the login.
_URL = re.compile(r"(?P<start>\w+://(?:[^/?#]*@)?)(?P<hosts>[^/?#]*)(?P<end>.*)", re.DOTALL)
DEFAULT_PORTS = {"amqp": 5672, "amqps": 5671}
LIST_ERROR = (
    "must list several hosts with user, password, virtual host and parameters once, as in "
    "amqp://user:password@a:5672,b:5672/vhost, with signs such as , and @ in the password percent-encoded"
)
T = TypeVar("T")


class Server(NamedTuple):
    """The host that a connection uses."""

    host: str
    port: int


def split_hosts(url: str) -> list[str]:
    """Return the URL of each host, in the order in which the URL lists them."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return [url]
    return [f"{parts['start']}{host}{parts['end']}" for host in parts["hosts"].split(",")]


def join_hosts(urls: list[str]) -> str:
    """Return the URL that lists the hosts of these URLs.

    Raises:
        ValueError: When they differ in more than their hosts, or when it is not clear which hosts are meant.
    """
    parts = [match for url in urls if (match := _URL.fullmatch(url))]
    others = {(match["start"], match["end"]) for match in parts}
    if len(urls) > 1 and (len(parts) < len(urls) or len(others) > 1):
        raise ValueError(LIST_ERROR)
    if not parts:
        return urls[0]
    start, hosts, end = parts[0]["start"], ",".join(match["hosts"] for match in parts), parts[0]["end"]
    is_login_repeated = start.count("@") > 1 and "," in start  # as in u:p@a,u:p@b
    if is_login_repeated or ("," in hosts and not all(hosts.split(","))):
        raise ValueError(LIST_ERROR)
    return f"{start}{hosts}{end}"


def host_addresses(url: str) -> list[str]:
    """Return host and port of each host, to be shown."""
    return [_address(each) for each in split_hosts(url)]


def try_hosts(
    url: str, attempt: Callable[[str, float], T], timeout_seconds: float = ATTEMPT_TIMEOUT_SECONDS
) -> T:
    """Return what `attempt` returns for the URL of a host and the seconds it may take.

    Several hosts are tried in random order, so that clients are distributed, and each only briefly.

    Raises:
        BrokerUnavailable: When the attempt at every host has raised it; with each host and its reason.
    """
    urls = split_hosts(url)
    if len(urls) == 1:
        return attempt(url, timeout_seconds)
    seconds = min(HOST_TIMEOUT_SECONDS, timeout_seconds / len(urls))
    errors: dict[str, BrokerUnavailable] = {}
    for each in random.sample(urls, len(urls)):
        try:
            _check_resolves(each, seconds)
            return attempt(each, seconds)
        except BrokerUnavailable as error:
            errors[_address(each)] = error
    failure = _summarise(errors)
    raise failure


def _summarise(errors: dict[str, BrokerUnavailable]) -> BrokerUnavailable:
    """Return one error for the errors of several hosts: of their type, if that is the same."""
    hosts: dict[str, list[str]] = {}
    for host, error in sorted(errors.items()):
        hosts.setdefault(str(error), []).append(host)
    types = {type(error) for error in errors.values()}
    error_type = types.pop() if len(types) == 1 else BrokerUnavailable
    return error_type("; ".join(f"{', '.join(names)}: {reason}" for reason, names in hosts.items()))


def _address(url: str) -> str:
    """Return host and port, with the default port where the URL has none; nothing of the login."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return host if parts.port else f"{host.rstrip(':')}:{DEFAULT_PORTS.get(parts.scheme, '')}"


def _check_resolves(url: str, seconds: float) -> None:
    """Check that the host's name resolves in time: a resolver has no time-out that a caller can set.

    Raises:
        BrokerUnavailable: When it does not.
    """
    outcome: SimpleQueue[OSError | None] = SimpleQueue()
    parts = urlsplit(url)

    def resolve() -> None:
        try:
            socket.getaddrinfo(parts.hostname, parts.port)
        except (OSError, UnicodeError) as error:
            outcome.put(error if isinstance(error, OSError) else OSError(str(error)))
        else:
            outcome.put(None)

    threading.Thread(target=resolve, name="resolve-host", daemon=True).start()
    try:
        error = outcome.get(timeout=seconds)
    except Empty:
        raise BrokerUnavailable(f"the broker's host name does not resolve in {seconds:g} s") from None
    if error is not None:
        raise BrokerUnavailable(f"the broker's host name cannot be resolved ({error.strerror or error})")

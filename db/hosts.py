"""The hosts of the database: one, or several of which one is the primary."""

import re
from typing import Annotated, NamedTuple

from psycopg import pq
from pydantic import AfterValidator
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from runtime.addresses import MAX_PORT, format_host, parse_host

DRIVER = "postgresql+psycopg"
SCHEMES = ("postgresql://", "postgres://", f"{DRIVER}://")
URL_ERROR = (
    "must look like postgresql://user:password@host:5432/database, with characters such as / @ : # in the "
    "password percent-encoded"
)
HOSTS_ERROR = (
    "must be a host name or an IP address, without a scheme such as http://, or several of them separated by "
    "commas, each with its port if they differ, as in db-1:5432,db-2:5433"
)
TARGET = "target_session_attrs"
ANY, READ_WRITE = "any", "read-write"
# Of the values that libpq has, those that a connection that stores can use.
WRITER_TARGETS = (READ_WRITE, "primary")
_WITH_PORT = re.compile(r"(?P<host>\[.*\]|[^:]*):(?P<port>[0-9]+)", re.ASCII)
# A password may contain a slash that is not encoded, as SQLAlchemy accepts it.
_PARTS = re.compile(r"(?P<login>[^:]+://(?:[^:/@]*(?::[^@]*)?@)?)(?P<hosts>[^/?]*)(?P<rest>.*)", re.DOTALL)


class Address(NamedTuple):
    """A host, or the folder of a Unix socket, and its port as libpq has it: empty for the default."""

    host: str
    port: str = ""

    def __str__(self) -> str:
        return f"{format_host(self.host)}:{self.port}" if self.port else self.host


def parse_addresses(text: str, default_port: int | None = None) -> list[Address]:
    """Return comma-separated hosts, each of which may have a port.

    Raises:
        ValueError: When one of them is no host, or no port.
    """
    port = str(default_port or "")
    return [_parse_address(part, port) for part in text.split(",")]


def parse_url(text: str) -> URL:
    """Return a URL, which may name several hosts before its path, as libpq's do.

    Raises:
        ValueError: When it is none. The message has no part of it, which may be one of the password.
    """
    parts = _PARTS.fullmatch(text)
    if parts is None or not text.startswith(SCHEMES):
        raise ValueError(URL_ERROR)
    has_several = "," in parts["hosts"]
    try:
        url = make_url(parts["login"] + parts["rest"] if has_several else text).set(drivername=DRIVER)
    except (ArgumentError, ValueError):
        raise ValueError(URL_ERROR) from None
    if not has_several:
        return _with_lists(url)
    if {"host", "hostaddr", "port"} & url.query.keys():
        raise ValueError("names hosts twice: before its path and in its parameters; keep one of them")
    return with_addresses(url, parse_addresses(parts["hosts"]))


def with_addresses(url: URL, addresses: list[Address]) -> URL:
    """Return the URL with these hosts; several are in its parameters, as SQLAlchemy has them."""
    if len(addresses) == 1:
        host, port = addresses[0]
        return url.set(host=host, port=int(port) if port else None)
    hosts = {"host": ",".join(address.host for address in addresses)}
    ports = {"port": ",".join(address.port for address in addresses)}
    return url.set(query={**url.query, **hosts, **ports})


def with_one_address(url: URL, address: Address) -> URL:
    """Return the URL with this host only, whatever its role is."""
    query = {
        name: value for name, value in url.query.items() if name not in ("host", "hostaddr", "port", TARGET)
    }
    return with_addresses(url.set(query=query), [address])


def find_addresses(url: URL) -> list[Address]:
    """Return the hosts to which a connection with this URL may lead.

    Raises:
        ValueError: When the numbers of hosts and ports differ, or hosts are named twice.
    """
    try:
        _, parameters = url.get_dialect()().create_connect_args(url)
    except (ArgumentError, ValueError):
        raise ValueError(
            "names hosts and ports that do not match: give one port for all hosts, or one for each host"
        ) from None
    if "," in parameters.get("host", "") and "hostaddr" in parameters:
        raise ValueError("has several hosts, and hostaddr: keep one of them")
    hosts = str(parameters.get("host") or parameters.get("hostaddr") or _default("host")).split(",")
    ports = str(parameters.get("port") or _default("port")).split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    return [Address(host, port) for host, port in zip(hosts, ports, strict=False)]


def check_target(url: URL) -> None:
    """Check which hosts the URL requests.

    Raises:
        ValueError: When it requests some that may not store.
    """
    target = url.query.get(TARGET)
    allowed = WRITER_TARGETS if len(find_addresses(url)) > 1 else (*WRITER_TARGETS, ANY)
    if target and target not in allowed:
        raise ValueError(
            f"has {TARGET}={target}: nothing could be stored on the hosts that this selects. Leave it out: "
            "of several hosts, what stores uses the one that accepts writes, and a reader prefers a standby"
        )


def _with_lists(url: URL) -> URL:
    """Return the URL with as many ports as hosts in its parameters, as SQLAlchemy requires them."""
    if not {"host", "port"} <= url.query.keys():
        return url
    hosts, ports = (",".join(url.normalized_query[name]).split(",") for name in ("host", "port"))
    if len(ports) == 1:
        ports *= len(hosts)
    return url.update_query_dict({"host": ",".join(hosts), "port": ",".join(ports)})


def _parse_address(text: str, default_port: str) -> Address:
    if text.startswith("/"):
        return Address(text, default_port)
    found = _WITH_PORT.fullmatch(text)
    if found and not 1 <= int(found["port"]) <= MAX_PORT:
        raise ValueError(f"must have a port from 1 to {MAX_PORT}")
    try:
        host = parse_host(found["host"] if found else text)
    except ValueError:
        raise ValueError(HOSTS_ERROR) from None
    return Address(host, found["port"] if found else default_port)


def _default(name: str) -> str:
    """Return libpq's default, which may be from its environment variable."""
    options = {option.keyword.decode(): option for option in pq.Conninfo.get_defaults()}
    return (options[name].val or options[name].compiled or b"").decode()


def _check_hosts(text: str) -> str:
    """Return the hosts as they are, except that an address without a port has no brackets."""
    return ",".join(map(str, parse_addresses(text)))


DatabaseHosts = Annotated[str, AfterValidator(_check_hosts)]

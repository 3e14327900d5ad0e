"""Host names and URLs in settings."""

import re
from ipaddress import IPv6Address
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator

HOST_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_PORT = re.compile(r"(?:^|[^:]|\]):(-?[0-9]+)$")
MAX_PORT = 65_535
HOST_ERROR = "must be a host name or an IP address, without a port and without a scheme such as http://"
HOST_LIST_ERROR = (
    "must be a host name or an IP address, or several separated by commas, each with a port or without, such "
    "as rabbitmq,rabbitmq-2:5673,[::1]:5674, and without a scheme such as amqp://"
)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^]]*\]|[^:]*):(?P<port>[0-9]{1,5})")
URL_ERROR = "must be an http or https URL, such as http://server:8080"


def parse_host(text: str) -> str:
    """Return the host; an IPv6 address may be in brackets, as in a URL, and is returned without them.

    Raises:
        ValueError: When it is neither a host name nor an IP address.
    """
    has_brackets = text.startswith("[") and text.endswith("]")
    host = text[1:-1] if has_brackets else text
    if not (_is_ipv6(host) or (not has_brackets and _is_host_name(host))):
        raise ValueError(HOST_ERROR)
    return host


def parse_hosts_with_ports(text: str) -> str:
    """Return comma-separated hosts, each with a port or without, as a URL lists them.

    Raises:
        ValueError: When one of them is neither a host name nor an IP address, or has a port that is none.
    """
    return ",".join(_parse_host_and_port(part.strip()) for part in text.split(","))


def with_default_port(hosts: str, port: int) -> str:
    """Return comma-separated hosts as a URL lists them, with this port where a host has none."""
    return ",".join(host if _PORT.search(host) else f"{host}:{port}" for host in hosts.split(","))


def _parse_host_and_port(text: str) -> str:
    parts = _HOST_AND_PORT.fullmatch(text)
    try:
        host = format_host(parse_host(parts["host"] if parts else text))
    except ValueError:
        raise ValueError(HOST_LIST_ERROR) from None
    if parts and not 1 <= int(parts["port"]) <= MAX_PORT:
        raise ValueError(f"must have a port from 1 to {MAX_PORT}")
    return f"{host}:{int(parts['port'])}" if parts else host


def parse_http_url(text: str) -> str:
    """Return the URL.

    Raises:
        ValueError: When it is no URL of http or https.
    """
    if not is_http_url(text):
        raise ValueError(URL_ERROR)
    return text


def parse_http_urls(text: str) -> str:
    """Return comma-separated URLs, without spaces between them.

    Raises:
        ValueError: When one is no URL of http or https.
    """
    return ",".join(map(parse_http_url, split_urls(text)))


def split_urls(text: str) -> list[str]:
    """Return comma-separated URLs; a comma within a URL separates nothing."""
    return re.split(r"\s*,\s*(?=\w+://)", text)


def is_http_url(text: str) -> bool:
    """Return whether this is a URL of http or https, with characters that a URL may contain."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_printable = text.isascii() and text.isprintable() and not set(text) & set(' "<>\\^`{|}')
    return (
        parts.scheme in ("http", "https")
        and is_printable
        and port != 0
        and (_is_ipv6(host) or _is_host_name(host))
    )


def has_credentials(url: str) -> bool:
    """Return whether a URL contains a user or a password."""
    try:
        return "@" in urlsplit(url).netloc
    except ValueError:  # it is no URL, so whatever is in it may be a password
        return "@" in url


def check_ports(url: str) -> None:
    """Check the ports of a URL, which may name several hosts, also in its query as libpq's do.

    The message does not contain the port, which may be a part of a password that is not encoded.

    Raises:
        ValueError: When one is none.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that are not those of an IPv6 address
        return
    query = parse_qs(parts.query)
    hosts = [*parts.netloc.rpartition("@")[2].split(","), *",".join(query.get("host", ())).split(",")]
    ports = [match[1] for host in hosts if (match := _PORT.search(host))]
    for port in [*ports, *",".join(query.get("port", ())).split(",")]:
        if port and not (port.isascii() and port.isdecimal() and 1 <= int(port) <= MAX_PORT):
            raise ValueError(f"must have a port from 1 to {MAX_PORT}")


def format_host(host: str) -> str:
    """Return the host as a URL contains it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def _is_ipv6(host: str) -> bool:
    try:
        return "%" not in host and bool(IPv6Address(host))
    except ValueError:
        return False


def _is_host_name(host: str) -> bool:
    try:
        return bool(HOST_NAME.fullmatch(host) and host.encode("idna"))
    except UnicodeError:  # an empty label, or one that is too long
        return False


Host = Annotated[str, AfterValidator(parse_host)]
HostsWithPorts = Annotated[str, AfterValidator(parse_hosts_with_ports)]
HttpUrl = Annotated[str, AfterValidator(parse_http_url)]
HttpUrls = Annotated[str, AfterValidator(parse_http_urls)]

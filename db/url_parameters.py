"""The parameters of a database's URL, checked before the first connection.

A connection with an impossible value fails each time, and would be retried for ever.
"""

import os
from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from psycopg import pq

from runtime.settings import check_readable

REFERENCE = "https://www.postgresql.org/docs/17/libpq-connect.html#LIBPQ-PARAMKEYWORDS"
# libpq checks the other parameters before it connects, which fails at once with this folder of a socket.
_NO_FOLDER = "/dev/null"
_ADDRESS = ("host", "hostaddr", "port", "dbname", "user", "password")
_REPEATABLE = ("host", "port")
_INTEGERS = (
    "connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count",
    "tcp_user_timeout",
)  # fmt: skip
_VALUES = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslsni": ("0", "1"),
    "sslcompression": ("0", "1"),
    "replication": ("0", "off", "false", "no"),
}
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
_SYSTEM_CERTIFICATES = "system"


def check_parameters(query: Mapping[str, str | Sequence[str]]) -> None:
    """Check the parameters of a URL's query.

    Raises:
        ValueError: When libpq does not know one, or it has an impossible value.
    """
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    for name, value in query.items():
        if name not in known:
            raise ValueError(f"has the parameter {name!r}, which libpq does not know; see {REFERENCE}")
        if not isinstance(value, str) and name not in _REPEATABLE:
            raise ValueError(f"has the parameter {name} twice: write it once")
        if isinstance(value, str) and value:
            _check_value(name, value)
    checked = {name: str(value) for name, value in query.items() if name not in _ADDRESS}
    if problem := _find_problem(checked):
        raise ValueError(f"has a parameter that libpq refuses: {problem}; see {REFERENCE}")


def check_environment() -> None:
    """Check the environment variables that libpq reads for parameters that no setting has.

    Raises:
        ValueError: When one has an impossible value.
    """
    if problem := _find_problem({}):
        names = [option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar]
        present = " or ".join(name for name in names if name in os.environ)
        raise ValueError(f"{present} has a value that libpq refuses ({problem}): correct it, or unset it")


def _check_value(name: str, value: str) -> None:
    if name in _VALUES and value not in _VALUES[name]:
        raise ValueError(f"has {name}={value}: it must be {', '.join(_VALUES[name])}")
    if name in _INTEGERS and not (value.isascii() and value.removeprefix("-").isdecimal()):
        raise ValueError(f"has {name}={value}: it must be an integer")
    if name == "options" and not value.lstrip().startswith("-"):
        raise ValueError(f"has options={value}: write -c NAME=VALUE, percent-encoded as -c%20NAME%3DVALUE")
    if name in _FILES and value != _SYSTEM_CERTIFICATES:
        _check_file(name, value)
    if name == "hostaddr":
        _check_addresses(value)


def _check_file(name: str, path: str) -> None:
    try:
        check_readable(path)
    except ValueError as error:
        raise ValueError(f"has a parameter {name} that {error}") from None


def _check_addresses(addresses: str) -> None:
    try:
        for address in filter(None, addresses.split(",")):
            ip_address(address)
    except ValueError:
        raise ValueError(
            f"has hostaddr={addresses}: it must be an IP address; for a name, use host"
        ) from None


def _find_problem(parameters: Mapping[str, str]) -> str | None:
    """Return what libpq says about parameters and its environment variables; None if they are possible."""
    # Without a user, libpq looks up the name of the process's own, which has none in a container.
    settings = {**parameters, "host": _NO_FOLDER, "hostaddr": "", "port": "5432", "user": "any"}
    text = " ".join(f"{name}={_quote(value)}" for name, value in settings.items())
    connection = pq.PGconn.connect_start(text.encode())
    message = connection.error_message.decode(errors="replace")
    connection.finish()
    return None if f"{_NO_FOLDER}/" in message else " ".join(message.split())


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

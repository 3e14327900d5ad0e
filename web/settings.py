"""Types of the settings that web services have in common."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from web.proxies import parse_networks, parse_roles


def _checked_by(parse: Callable[[str], object]) -> Callable[[str], str]:
    """Return a validator that keeps the text that `parse` accepts."""

    def check(text: str) -> str:
        parse(text)
        return text

    return check


LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$")]
NetworkList = Annotated[str, AfterValidator(_checked_by(parse_networks))]
RoleMap = Annotated[str, AfterValidator(_checked_by(parse_roles))]
HostNames = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.,:\- ]*$")]


def split_hosts(names: str) -> list[str]:
    """Split host names that are separated by commas."""
    return [name.strip() for name in names.split(",") if name.strip()]

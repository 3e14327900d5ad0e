"""The settings that web services have in common, and their types."""

import re
from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from runtime.settings import Settings
from web.proxies import TrustedProxies, parse_networks, parse_roles

HOST_NAME = re.compile(r"[A-Za-z0-9.-]+")


def _checked_by(parse: Callable[[str], object]) -> Callable[[str], str]:
    """Return a validator that keeps the text that `parse` accepts."""

    def check(text: str) -> str:
        parse(text)
        return text

    return check


def split_hosts(names: str) -> list[str]:
    """Return host names and addresses that are separated by commas, as requests name them.

    Raises:
        ValueError: When one has a port, or is a URL.
    """
    return [_requested_name(name.strip()) for name in names.split(",") if name.strip()]


def _requested_name(name: str) -> str:
    if HOST_NAME.fullmatch(name):
        return name
    try:
        return f"[{IPv6Address(name)}]"
    except ValueError:
        raise ValueError(
            "must be host names and IP addresses without a port, comma-separated, such as sensors.example; "
            f"{name} is neither"
        ) from None


LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$")]
NetworkList = Annotated[str, AfterValidator(_checked_by(parse_networks))]
RoleMap = Annotated[str, AfterValidator(_checked_by(parse_roles))]
HostNames = Annotated[str, AfterValidator(_checked_by(split_hosts))]


class ProxySettings(Settings):
    """Which reverse proxies are trusted, and what their headers mean."""

    trusted_proxies: NetworkList = Field(
        default="",
        description=(
            "IP addresses and networks of reverse proxies whose headers are trusted, comma-separated; "
            "unset: none"
        ),
    )
    proxy_user_header: HeaderName = Field(
        default="X-Forwarded-User", description="Header in which a trusted proxy names the user"
    )
    proxy_groups_header: HeaderName = Field(
        default="X-Forwarded-Groups",
        description="Header in which a trusted proxy names the user's groups, comma-separated",
    )
    proxy_roles: RoleMap = Field(
        default="*=viewer",
        description=(
            "The role of each group of a trusted proxy's users, such as `staff=operator,admins=admin`; "
            "`*` stands for every user"
        ),
    )

    @property
    def proxies(self) -> TrustedProxies:
        """The trusted proxies, and what their headers mean."""
        return TrustedProxies(
            parse_networks(self.trusted_proxies),
            self.proxy_user_header,
            self.proxy_groups_header,
            parse_roles(self.proxy_roles),
        )

"""Users that a reverse proxy has authenticated: headers that are trusted from named addresses only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import Request

from runtime.access import Role
from runtime.text import escape_unprintable

ANY_GROUP = "*"
MAX_USER_CHARACTERS = 100
FORWARDED_FOR = "X-Forwarded-For"
FORWARDED_PROTO = "X-Forwarded-Proto"
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class ProxyUser:
    """A user of a trusted proxy, with the highest role of its groups; None: no group has a role."""

    name: str
    role: Role | None


@dataclass(frozen=True)
class TrustedProxies:
    """Which addresses are proxies, and what their headers mean. Without a network, no header is read."""

    networks: Sequence[Network] = ()
    user_header: str = "X-Forwarded-User"
    groups_header: str = "X-Forwarded-Groups"
    roles: Mapping[str, Role] = field(default_factory=dict)

    @property
    def enabled(self) -> bool:
        """Whether any address is trusted."""
        return bool(self.networks)

    def trusts(self, request: Request) -> bool:
        """Return whether the request comes from a trusted proxy."""
        if not self.networks or not request.client:
            return False
        try:
            address = ip_address(request.client.host.partition("%")[0])
        except ValueError:  # a Unix socket
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.networks)

    def user(self, request: Request) -> ProxyUser | None:
        """Return the user that a trusted proxy names.

        A header that occurs twice names none: one may be the client's, which the proxy did not remove.
        """
        if not self.trusts(request):
            return None
        users = [name.strip() for name in request.headers.getlist(self.user_header)]
        if len(users) != 1 or not 0 < len(users[0]) <= MAX_USER_CHARACTERS:
            return None
        groups = request.headers.getlist(self.groups_header)
        if len(groups) > 1:
            return None
        names = {name.strip() for name in "".join(groups).split(",")} | {ANY_GROUP}
        roles = [role for group, role in self.roles.items() if group in names]
        return ProxyUser(escape_unprintable(users[0]), max(roles, key=list(Role).index, default=None))

    def client_address(self, request: Request) -> str:
        """Return the address of the client: behind a trusted proxy the last one that the proxy appended."""
        direct = request.client.host if request.client else ""
        forwarded = ",".join(request.headers.getlist(FORWARDED_FOR)).rpartition(",")[2].strip()
        return forwarded if forwarded and self.trusts(request) else direct

    def is_https(self, request: Request) -> bool:
        """Return whether the client's own connection is encrypted, as the proxy or the browser says."""
        is_forwarded = self.trusts(request) and request.headers.get(FORWARDED_PROTO) == "https"
        return is_forwarded or request.headers.get("Origin", "").startswith("https://")


def parse_networks(text: str) -> list[Network]:
    """Return comma-separated IP addresses and networks.

    Raises:
        ValueError: When one of them is neither.
    """
    networks: list[Network] = []
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            networks.append(ip_network(part))
        except ValueError:
            raise ValueError(
                "must be IP addresses or networks such as 172.18.0.5 or 10.0.0.0/8, comma-separated; "
                f"{part} is neither"
            ) from None
    return networks


def parse_roles(text: str) -> dict[str, Role]:
    """Return the role of each group, from `GROUP=ROLE,GROUP=ROLE`.

    Raises:
        ValueError: When a part has another form, a group occurs twice, or a role is unknown.
    """
    roles: dict[str, Role] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        group, separator, role = (word.strip() for word in part.rpartition("="))
        if not separator or not group or role not in list(Role):
            raise ValueError(
                f"must be GROUP=ROLE, comma-separated, with the roles {', '.join(Role)}; {part} is not"
            )
        if group in roles:
            raise ValueError(f"names the group {group} twice")
        roles[group] = Role(role)
    return roles

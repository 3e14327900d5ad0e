"""The dashboard's settings."""

from pydantic import Field

from monitoring.settings import MonitoringSettings
from runtime.settings import ServiceSettings
from web.auth import AnonymousView
from web.proxies import TrustedProxies, parse_networks, parse_roles
from web.settings import LOOPBACK_HOSTS, HeaderName, HostNames, NetworkList, RoleMap, split_hosts

# Its name in the Compose network.
SERVICE_HOST = "dashboard"


class DashboardSettings(MonitoringSettings, ServiceSettings):
    """Where everything is, and who may view and change what.

    `dashboard_hosts` are further names, separated by commas, under which a browser may request the page.
    """

    http_port: int = Field(
        default=8085, ge=1, le=65535, description="Port for the page, the API, health checks and metrics"
    )
    dashboard_anonymous_view: AnonymousView = Field(
        default=AnonymousView.AUTO,
        description=(
            "Who may look without a login: `always` everyone, `never` no one, `auto` everyone while there "
            "is neither a key nor a trusted proxy"
        ),
    )
    dashboard_hosts: HostNames = Field(
        default="",
        description="Further host names under which a browser may request the page, comma-separated",
    )

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

    @property
    def hosts(self) -> list[str]:
        """Every host name that a request may use."""
        return [*LOOPBACK_HOSTS, SERVICE_HOST, *split_hosts(self.dashboard_hosts)]

"""The dashboard's settings."""

from pydantic import Field

from monitoring.settings import MonitoringSettings
from runtime.settings import ServiceSettings
from web.auth import AnonymousView
from web.settings import LOOPBACK_HOSTS, HostNames, ProxySettings, split_hosts

# Its name in the Compose network.
SERVICE_HOST = "dashboard"


class DashboardSettings(MonitoringSettings, ProxySettings, ServiceSettings):
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

    @property
    def hosts(self) -> list[str]:
        """Every host name that a request may use."""
        return [*LOOPBACK_HOSTS, SERVICE_HOST, *split_hosts(self.dashboard_hosts)]

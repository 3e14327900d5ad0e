"""What the dashboard may be told."""

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from monitoring.settings import MonitoringSettings
from runtime.settings import ServiceSettings

SHORTEST_TOKEN = 16
# How this machine, and in the compose network another container, calls it.
OWN_HOSTS = ("127.0.0.1", "localhost", "::1", "dashboard")

Token = Annotated[SecretStr, Field(min_length=SHORTEST_TOKEN)]
Names = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.,:\- ]*$")]


class DashboardSettings(MonitoringSettings, ServiceSettings):
    """Where everything is, and who may ask and change what.

    Without a token nothing can be changed from the page. `dashboard_hosts` are the other names, separated
    by commas, under which a browser may ask for the page.
    """

    http_port: int = Field(
        default=8085, ge=1, le=65535, description="Port for the page, the API, health checks and metrics"
    )
    dashboard_token: Token | None = Field(
        default=None,
        description=(
            "Bearer token that permits replaying and discarding dead letters; unset: the page is read-only"
        ),
    )
    dashboard_hosts: Names = Field(
        default="",
        description="Further host names under which a browser may request the page, comma-separated",
    )

    @property
    def hosts(self) -> list[str]:
        """Every name that a request may give as its host."""
        return [*OWN_HOSTS, *(name.strip() for name in self.dashboard_hosts.split(",") if name.strip())]

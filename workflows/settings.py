"""The settings of the service for workflows."""

from pydantic import Field

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings
from runtime.settings import ServiceSettings
from web.auth import AnonymousView
from web.settings import LOOPBACK_HOSTS, HostNames, ProxySettings, split_hosts

# Its name in the Compose network.
SERVICE_HOST = "workflows"


class WorkflowsSettings(BrokerSettings, DatabaseSettings, ProxySettings, ServiceSettings):
    """Where everything is, and who may view and change what.

    `workflows_hosts` are further names, separated by commas, under which a client may request the API.
    """

    http_port: int = Field(
        default=8086, ge=1, le=65535, description="Port for the API, health checks and metrics"
    )
    workflows_anonymous_view: AnonymousView = Field(
        default=AnonymousView.AUTO,
        description=(
            "Who may read without a key: `always` everyone, `never` no one, `auto` everyone while there is "
            "neither a key nor a trusted proxy"
        ),
    )
    workflows_hosts: HostNames = Field(
        default="",
        description="Further host names under which a client may request the API, comma-separated",
    )

    @property
    def hosts(self) -> list[str]:
        """Every host name that a request may use."""
        return [*LOOPBACK_HOSTS, SERVICE_HOST, *split_hosts(self.workflows_hosts)]

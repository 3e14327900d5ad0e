"""The settings of a process that monitors the system."""

from pydantic import Field

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings


class MonitoringSettings(BrokerSettings, DatabaseSettings):
    """The broker with its management API, the database, and the services to probe."""

    services: str = Field(
        default="",
        description=(
            "The services to monitor: `compose` (those of docker-compose.yml), comma-separated `host` or "
            "`host:port` (9100; a host name with several addresses is several services), or the path of the "
            "native stack's state file. Empty: none"
        ),
    )

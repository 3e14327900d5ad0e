"""Where everything is that the overview asks."""

from pydantic import Field

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings


class MonitoringSettings(BrokerSettings, DatabaseSettings):
    """The broker with its management API, the database, and the services' HTTP sides."""

    services: str = Field(
        default="",
        description="compose (the services of docker-compose.yml), host[:port], …; or the native system's "
        "state file. Empty: they cannot be seen from here",
    )

"""The settings of a process that monitors the system."""

from pydantic import Field

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings


class MonitoringSettings(BrokerSettings, DatabaseSettings):
    """The broker with its management API, the database, and the services to probe."""

    services: str = Field(
        default="",
        description="The services to probe: compose (the services of docker-compose.yml) or host[:port], "
        "separated by commas, or the path of the native system's state file. Empty: none is probed",
    )

"""What the native stack may be told, by variables or by `.env`, and where it keeps its files."""

from pathlib import Path
from typing import Annotated

from dotenv import load_dotenv
from pydantic import Field

from runtime.settings import Settings, load

ROOT = Path(__file__).resolve().parent.parent
MOST_PIPELINES = 50

Port = Annotated[int, Field(ge=1, le=65535)]


class StackSettings(Settings):
    """The ports on 127.0.0.1 (named as for Compose), how many consumers, and the directory of everything."""

    rabbitmq_host_port: Port = 5675
    rabbitmq_management_host_port: Port = 15675
    mqtt_host_port: Port = 1885
    postgres_host_port: Port = 5435
    dashboard_host_port: Port = 8085
    sensor_http_port: Port = Field(default=9111, description="of sensor-1; the next ones follow")
    pipeline_http_port: Port = Field(default=9121, description="of pipeline-1; the next ones follow")
    alerter_http_port: Port = 9131
    pipelines: int | None = Field(
        default=None, ge=1, le=MOST_PIPELINES, description="unset: as it runs, or 1"
    )
    native_dir: Path = ROOT / ".native"

    @property
    def layout(self) -> "Layout":
        """The files under the native directory."""
        return Layout(self.native_dir.resolve())


class Layout:
    """Where the native stack keeps what."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.logs = directory / "logs"
        self.postgres = directory / "postgres"
        self.rabbitmq = directory / "rabbitmq"
        self.passwords = directory / "passwords"
        self.state_file = directory / "state.json"
        self.client_file = directory / "stack.env"
        self.pipelines_file = directory / "pipelines"
        self.lock_file = directory / "lock"
        self.outboxes = directory / "outboxes"
        self.supervisor_log = self.logs / "supervisor.log"
        self.pid_file = directory / "supervisor.pid"

    def outbox(self, sensor: str) -> Path:
        """Where the readings of one sensor wait for the broker."""
        return self.outboxes / f"{sensor}.sqlite3"

    def log(self, name: str) -> Path:
        """The log of one program."""
        return self.logs / f"{name}.log"


def read_settings() -> StackSettings:
    """The settings; the environment wins over `.env`. Raises ConfigurationError."""
    load_dotenv(ROOT / ".env", override=False)
    return load(StackSettings)

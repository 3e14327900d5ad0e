"""The settings of the scaler."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from messaging.settings import BrokerSettings
from runtime.settings import ServiceSettings
from scaler.rules import ScalingRules


class ScalerSettings(ScalingRules, BrokerSettings, ServiceSettings):
    """What is scaled: the consumers of the native stack, or a service of Docker Swarm."""

    scaler_replicas_file: Path | None = Field(
        default=None,
        description="The file in which the native stack's supervisor reads how many consumers to run",
    )
    scaler_swarm_service: str | None = Field(
        default=None, description="The name of the Swarm service, such as `sensors_pipeline-processor`"
    )
    docker_host: str = Field(
        default="unix:///var/run/docker.sock",
        description=(
            "Address of the Docker engine of a Swarm manager: `unix://` and a path, or `tcp://` or `http://` "
            "and host and port"
        ),
    )

    @field_validator("docker_host")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        parts = urlsplit(address)
        is_socket = parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc
        if not is_socket and not (parts.scheme in {"tcp", "http"} and parts.hostname):
            raise ValueError("must be unix:// and an absolute path, or tcp:// or http:// and host and port")
        return address

    @model_validator(mode="after")
    def _has_one_target(self) -> Self:
        if (self.scaler_replicas_file is None) == (self.scaler_swarm_service is None):
            raise ValueError(
                "set one of SCALER_REPLICAS_FILE (`make up` without Docker sets it, with the profile scaler) "
                "and SCALER_SWARM_SERVICE (Docker Swarm). Docker Compose scales by --scale, and Kubernetes "
                "by KEDA"
            )
        return self

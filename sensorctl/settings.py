"""Where the stack is that the operator means."""

import os
import socket
from pathlib import Path

from dotenv import dotenv_values

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings
from service.errors import ConfigurationError
from service.settings import ServiceSettings, load

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
EXPLICIT_VARIABLES = ("RABBITMQ_URL", "AMQP_URL", "RABBITMQ_HOST", "DATABASE_URL", "POSTGRES_HOST")
PROBE_SECONDS = 1.0
Variables = dict[str, str]


class OperatorSettings(BrokerSettings, DatabaseSettings, ServiceSettings):
    """Both ends of the pipeline."""


def find_stack() -> OperatorSettings:
    """The stack of the variables, else the native one, else that of the compose file.

    Raises ConfigurationError when none of them is there.
    """
    if any(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in EXPLICIT_VARIABLES):
        return load(OperatorSettings)
    for variables in (native_variables(), compose_variables()):
        if not variables:
            continue
        settings = load(OperatorSettings, **{name.lower(): value for name, value in variables.items()})
        if _answers(settings.postgres_port):
            return settings
    raise ConfigurationError(
        "No running stack was found on this machine. Start one with `make up`, or name one with "
        "RABBITMQ_URL and DATABASE_URL."
    )


def native_variables() -> Variables | None:
    """The variables that the native stack left for its clients; None when it is not running."""
    directory = Path(os.environ.get("NATIVE_DIR") or ROOT / ".native")
    return _known(dotenv_values(directory / "stack.env")) if (directory / "stack.env").exists() else None


def compose_variables() -> Variables:
    """The compose file's published ports and defaults, with what `.env` and the environment change."""
    chosen = {**_known(dotenv_values(ROOT / ".env")), **os.environ}
    port = chosen.get("RABBITMQ_MANAGEMENT_HOST_PORT") or "15675"
    return {
        "RABBITMQ_HOST": LOOPBACK,
        "RABBITMQ_PORT": chosen.get("RABBITMQ_HOST_PORT") or "5675",
        "RABBITMQ_MANAGEMENT_URL": f"http://{LOOPBACK}:{port}",
        "RABBITMQ_USER": chosen.get("RABBITMQ_USER") or "sensors",
        "RABBITMQ_PASS": chosen.get("RABBITMQ_PASS") or "sensors",
        "RABBITMQ_VHOST": chosen.get("RABBITMQ_VHOST") or "/",
        "QUEUE_NAME": chosen.get("QUEUE_NAME") or "sensor_data",
        "POSTGRES_HOST": LOOPBACK,
        "POSTGRES_PORT": chosen.get("POSTGRES_HOST_PORT") or "5435",
        "POSTGRES_USER": chosen.get("POSTGRES_USER") or "sensors",
        "POSTGRES_PASSWORD": chosen.get("POSTGRES_PASSWORD") or "sensors",
        "POSTGRES_DB": chosen.get("POSTGRES_DB") or "sensors",
    }


def _known(values: dict[str, str | None]) -> Variables:
    return {name: value for name, value in values.items() if value}


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), PROBE_SECONDS):
            return True
    except OSError:
        return False

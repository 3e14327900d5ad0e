"""The variables of the stacks of this machine: of the native one, and of the Compose stack."""

import os
import re
import sys
from pathlib import Path

from runtime.addresses import MAX_PORT
from runtime.env_file import read_env_file
from runtime.errors import ConfigurationError
from runtime.services import BROKER_USERS, DATABASE_ROLES

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
PORT_VARIABLES = (
    "RABBITMQ_HOST_PORT",
    "RABBITMQ_MANAGEMENT_HOST_PORT",
    "POSTGRES_HOST_PORT",
    "MQTT_HOST_PORT",
)
Variables = dict[str, str]

# The defaults of docker-compose.yml.
COMPOSE_DEFAULTS = {
    "RABBITMQ_USER": "sensors",
    "RABBITMQ_PASS": "sensors",
    "RABBITMQ_VHOST": "/",
    "QUEUE_NAME": "sensor_data",
    "NAIVE_TIME_ZONE": "UTC",
    "PAST_RETENTION": "dead-letter",
    "PLAUSIBLE_MIN": "-273.15",
    "PLAUSIBLE_MAX": "10000",
    "POSTGRES_USER": "sensors",
    "POSTGRES_PASSWORD": "sensors",
    "POSTGRES_DB": "sensors",
    **{account.user_variable: account.name for account in (*BROKER_USERS, *DATABASE_ROLES)},
    **{account.password_variable: account.name for account in (*BROKER_USERS, *DATABASE_ROLES)},
}


def native_variables() -> Variables | None:
    """Return the variables that a running native stack provides for its clients."""
    file = native_directory() / "stack.env"
    return _without_empty(read_env_file(file, {}).values) or None


def native_directory() -> Path:
    """Return the directory in which the native stack keeps its files."""
    return Path(os.environ.get("NATIVE_DIR") or ROOT / ".native")


def compose_variables() -> Variables:
    """Return the published ports and defaults of docker-compose.yml, overridden by `.env` and environment."""
    env_file = read_env_file(ROOT / ".env", os.environ)
    for warning in env_file.warnings:
        print(warning, file=sys.stderr)
    overrides = {**env_file.values, **os.environ}
    for name in PORT_VARIABLES:
        _check_port(name, overrides.get(name) or "1")
    management_port = overrides.get("RABBITMQ_MANAGEMENT_HOST_PORT") or "15675"
    return {
        "RABBITMQ_HOST": LOOPBACK,
        "RABBITMQ_PORT": overrides.get("RABBITMQ_HOST_PORT") or "5675",
        "RABBITMQ_MANAGEMENT_URL": f"http://{LOOPBACK}:{management_port}",
        "POSTGRES_HOST": LOOPBACK,
        "POSTGRES_PORT": overrides.get("POSTGRES_HOST_PORT") or "5435",
        "MQTT_HOST_PORT": overrides.get("MQTT_HOST_PORT") or "1885",
        **{name: overrides.get(name) or default for name, default in COMPOSE_DEFAULTS.items()},
    }


def _check_port(name: str, value: str) -> None:
    if not (re.fullmatch("[0-9]{1,5}", value) and 1 <= int(value) <= MAX_PORT):
        raise ConfigurationError(f"{name} is {value!r}: must be a port from 1 to {MAX_PORT}")


def _without_empty(values: Variables) -> Variables:
    return {name: value for name, value in values.items() if value}

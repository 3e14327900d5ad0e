"""The variables of the stacks of this machine: of the native one, and of the Compose stack."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from runtime.addresses import MAX_PORT
from runtime.env_file import read_env_file
from runtime.errors import ConfigurationError
from runtime.services import BROKER_USERS, DATABASE_ROLES

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
Variables = dict[str, str]

# The variables of the published ports, with their defaults: the first of docker-compose.yml, those after it
# of the overlay of the cluster.
AMQP_PORTS = {
    "RABBITMQ_HOST_PORT": "5675",
    "RABBITMQ_2_HOST_PORT": "5676",
    "RABBITMQ_3_HOST_PORT": "5677",
}
MANAGEMENT_PORTS = {
    "RABBITMQ_MANAGEMENT_HOST_PORT": "15675",
    "RABBITMQ_2_MANAGEMENT_HOST_PORT": "15676",
    "RABBITMQ_3_MANAGEMENT_HOST_PORT": "15677",
}
DATABASE_PORTS = {"POSTGRES_HOST_PORT": "5435", "POSTGRES_2_HOST_PORT": "5436"}
MQTT_PORTS = {"MQTT_HOST_PORT": "1885"}
CLUSTER_OVERLAY = Path("deploy/cluster/compose.yml")
# The other defaults of docker-compose.yml.
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
    """Return the published ports and defaults of the Compose stack, overridden by `.env` and environment.

    It is a cluster if COMPOSE_FILE names the overlay of the cluster; then each of its servers is named.

    Raises:
        ConfigurationError: When a variable is no port.
    """
    env_file = read_env_file(ROOT / ".env", os.environ)
    for warning in env_file.warnings:
        print(warning, file=sys.stderr)
    overrides = {**env_file.values, **os.environ}
    servers = None if _is_cluster(overrides) else 1
    amqp, management, databases, mqtt = (
        [_read_port(name, overrides.get(name) or default) for name, default in ports.items()][:servers]
        for ports in (AMQP_PORTS, MANAGEMENT_PORTS, DATABASE_PORTS, MQTT_PORTS)
    )
    return {
        "RABBITMQ_HOST": ",".join(f"{LOOPBACK}:{port}" for port in amqp),
        "RABBITMQ_MANAGEMENT_URL": ",".join(f"http://{LOOPBACK}:{port}" for port in management),
        "POSTGRES_HOST": ",".join(f"{LOOPBACK}:{port}" for port in databases),
        "MQTT_HOST_PORT": mqtt[0],
        **{name: overrides.get(name) or default for name, default in COMPOSE_DEFAULTS.items()},
    }


def _is_cluster(variables: Mapping[str, str]) -> bool:
    """Return whether Compose would start the cluster, by the files that it reads."""
    separator = variables.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    files = (variables.get("COMPOSE_FILE") or "").split(separator)
    return (ROOT / CLUSTER_OVERLAY).resolve() in {(ROOT / file).resolve() for file in files}


def _read_port(name: str, value: str) -> str:
    if not (re.fullmatch("[0-9]{1,5}", value) and 1 <= int(value) <= MAX_PORT):
        raise ConfigurationError(f"{name} is {value!r}: must be a port from 1 to {MAX_PORT}")
    return value


def _without_empty(values: Variables) -> Variables:
    return {name: value for name, value in values.items() if value}

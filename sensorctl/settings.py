"""Where the stack is that the operator means."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import Field, SecretStr, create_model, model_validator

from alerter.settings import AlerterSettings
from db.engine import database_role
from db.roles import AccessLevel, Role
from messaging.management.permissions import User, permissions_of
from messaging.topology import Topology
from monitoring.settings import MonitoringSettings
from runtime.errors import ConfigurationError
from runtime.services import ALERTER, BROKER_USERS, DATABASE_ROLES, OPERATOR, READER, BrokerUser, DatabaseRole
from runtime.settings import ServiceSettings, Settings, TimeZone, load

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
EXPLICIT_VARIABLES = ("RABBITMQ_URL", "AMQP_URL", "RABBITMQ_HOST", "DATABASE_URL", "POSTGRES_HOST")
PROBE_SECONDS = 1.0
MOST_DAYS = 100_000
Variables = dict[str, str]
Found = TypeVar("Found", "OperatorSettings", "SetupSettings", AlerterSettings)


# What the compose file sets when nobody says otherwise.
COMPOSE_DEFAULTS = {
    "RABBITMQ_USER": "sensors",
    "RABBITMQ_PASS": "sensors",
    "RABBITMQ_VHOST": "/",
    "QUEUE_NAME": "sensor_data",
    "NAIVE_TIME_ZONE": "UTC",
    "POSTGRES_USER": "sensors",
    "POSTGRES_PASSWORD": "sensors",
    "POSTGRES_DB": "sensors",
    **{account.user_variable: account.name for account in (*BROKER_USERS, *DATABASE_ROLES)},
    **{account.password_variable: account.name for account in (*BROKER_USERS, *DATABASE_ROLES)},
}
# Setup is the owner's work; everything else is done with the rights of the operator and the reader.
INSTEAD_OF_THE_OWNER = {
    "RABBITMQ_USER": OPERATOR.user_variable,
    "RABBITMQ_PASS": OPERATOR.password_variable,
    "POSTGRES_USER": READER.user_variable,
    "POSTGRES_PASSWORD": READER.password_variable,
}


AS_THE_ALERTER = INSTEAD_OF_THE_OWNER | {
    "RABBITMQ_USER": ALERTER.user_variable,
    "RABBITMQ_PASS": ALERTER.password_variable,
}


class OperatorSettings(MonitoringSettings, ServiceSettings):
    """Both ends of the pipeline and its services, and how its consumers read a time without an offset."""

    naive_time_zone: TimeZone = Field(
        default=ZoneInfo("UTC"), description="Time zone of times without an offset"
    )


def _account_fields(account: BrokerUser | DatabaseRole) -> dict[str, tuple[object, object]]:
    name = Field(default=account.name, description=f"Name of the login `{account.name}`")
    password = Field(default=None, description="Password of this login; unset: setup does not create it")
    return {
        account.user_variable.lower(): (str, name),
        account.password_variable.lower(): (SecretStr | None, password),
    }


if TYPE_CHECKING:

    class Accounts(Settings):
        """Name and password of each user and role of the registry."""

else:
    Accounts = create_model(
        "Accounts",
        __base__=Settings,
        **{
            name: field
            for account in (*BROKER_USERS, *DATABASE_ROLES)
            for name, field in _account_fields(account).items()
        },
    )


class SetupSettings(Accounts, OperatorSettings):
    """Both ends as their owner, for how long readings are kept, and whom setup makes: who has a password."""

    retention_days: int | None = Field(
        default=None,
        ge=1,
        le=MOST_DAYS,
        description="Whole UTC days of readings that are kept besides today; unset: all",
    )

    @model_validator(mode="after")
    def _each_its_own(self) -> Self:
        """Making the owner itself again, with a part of its rights, would lock everybody out."""
        owner = unquote(urlsplit(self.amqp_url).username or "")
        _all_different("RABBITMQ", [owner, *(user.name for user in self.broker_users)])
        _all_different("POSTGRES", [database_role(self), *(role.name for role in self.database_roles)])
        return self

    @property
    def broker_users(self) -> list[User]:
        """The broker's users beside the administrator."""
        topology = Topology(self.queue_name)
        return [
            User(name, password, permissions_of(user.name, topology))
            for user in BROKER_USERS
            for name, password in [self._credentials(user)]
            if password
        ]

    @property
    def database_roles(self) -> list[Role]:
        """The database's roles beside the owner."""
        return [
            Role(name, password, AccessLevel(role.name))
            for role in DATABASE_ROLES
            for name, password in [self._credentials(role)]
            if password
        ]

    def _credentials(self, account: BrokerUser | DatabaseRole) -> tuple[str, SecretStr | None]:
        return (
            getattr(self, account.user_variable.lower()),
            getattr(self, account.password_variable.lower()),
        )


def discover_settings() -> OperatorSettings:
    """The stack of the variables, else the native one, else that of the compose file.

    The latter two as their operator and reader. Raises ConfigurationError when none of them is there.
    """
    return _find(OperatorSettings, lambda variables: _as(variables, INSTEAD_OF_THE_OWNER))


def discover_alerter_settings() -> AlerterSettings:
    """The same stack as its watch, and as its reader. Raises ConfigurationError when there is none."""
    return _find(AlerterSettings, lambda variables: _as(variables, AS_THE_ALERTER))


def discover_setup_settings() -> SetupSettings:
    """The same stack as its owner. Raises ConfigurationError when there is none."""
    return _find(SetupSettings, dict)


def _find(kind: type[Found], chosen: Callable[[Variables], Variables]) -> Found:
    if any(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in EXPLICIT_VARIABLES):
        return load(kind)
    places = [variables for variables in (native_variables(), compose_variables()) if variables]
    found = [load(kind, **{name.lower(): value for name, value in chosen(place).items()}) for place in places]
    for settings in found:
        if _answers(settings.postgres_port) or _answers(settings.rabbitmq_port):
            return settings
    if (
        len(found) > 1
    ):  # the native stack leaves its variables only while it is up, with its servers or without
        return found[0]
    raise ConfigurationError(
        "No running stack was found on this machine. Start one with `make up`, or name one with "
        "RABBITMQ_URL and DATABASE_URL."
    )


def native_variables() -> Variables | None:
    """The variables that the native stack left for its clients; None when it is not running."""
    file = native_directory() / "stack.env"
    return _known(dotenv_values(file)) if file.exists() else None


def native_directory() -> Path:
    """Where the native stack keeps its files."""
    return Path(os.environ.get("NATIVE_DIR") or ROOT / ".native")


def compose_variables() -> Variables:
    """The compose file's published ports and defaults, with what `.env` and the environment change."""
    chosen = {**_known(dotenv_values(ROOT / ".env")), **os.environ}
    port = chosen.get("RABBITMQ_MANAGEMENT_HOST_PORT") or "15675"
    return {
        "RABBITMQ_HOST": LOOPBACK,
        "RABBITMQ_PORT": chosen.get("RABBITMQ_HOST_PORT") or "5675",
        "RABBITMQ_MANAGEMENT_URL": f"http://{LOOPBACK}:{port}",
        "POSTGRES_HOST": LOOPBACK,
        "POSTGRES_PORT": chosen.get("POSTGRES_HOST_PORT") or "5435",
        **{name: chosen.get(name) or default for name, default in COMPOSE_DEFAULTS.items()},
    }


def _as(variables: Variables, instead: Variables) -> Variables:
    return variables | {name: variables[other] for name, other in instead.items() if other in variables}


def _all_different(server: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{server}_…_USER: each must be another one, and {name} is named twice")


def _known(values: dict[str, str | None]) -> Variables:
    return {name: value for name, value in values.items() if value}


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), PROBE_SECONDS):
            return True
    except OSError:
        return False

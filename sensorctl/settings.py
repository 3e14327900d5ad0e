"""Settings of the operator and of setup, from variables or from the running stack."""

import os
from collections.abc import Callable, Iterator
from typing import Self, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator

from db.engine import database_role, database_url
from db.hosts import find_addresses
from db.retention import RetentionSettings
from db.roles import AccessLevel, Role
from db.settings import PAST_RETENTION_DESCRIPTION, PastRetention, PlausibleSettings
from messaging.amqp.hosts import host_addresses, split_hosts
from messaging.management.permissions import User, permissions_of
from messaging.topology import Topology
from monitoring.settings import MonitoringSettings
from runtime.errors import ConfigurationError
from runtime.local_ports import accepts_connections
from runtime.services import (
    BROKER_USERS,
    DATABASE_ROLES,
    MANAGER,
    OPERATOR,
    READER,
    BrokerUser,
    DatabaseRole,
)
from runtime.settings import ServiceSettings, TimeZone, load
from runtime.tracing_settings import TracingSettings
from sensorctl.accounts import Accounts, manager_login
from sensorctl.stack_variables import Variables, compose_variables, native_variables

EXPLICIT_VARIABLES = ("RABBITMQ_URL", "AMQP_URL", "RABBITMQ_HOST", "DATABASE_URL", "POSTGRES_HOST")
SettingsType = TypeVar("SettingsType", bound=MonitoringSettings)

# Only setup logs in as the owner. Every other command uses the logins of the operator and the reader, and one
# that changes something in the database the manager's instead of the reader's.
OPERATOR_LOGINS = {
    "RABBITMQ_USER": OPERATOR.user_variable,
    "RABBITMQ_PASS": OPERATOR.password_variable,
    "POSTGRES_USER": READER.user_variable,
    "POSTGRES_PASSWORD": READER.password_variable,
}
MANAGER_LOGINS = OPERATOR_LOGINS | {
    "POSTGRES_USER": MANAGER.user_variable,
    "POSTGRES_PASSWORD": MANAGER.password_variable,
}


class OperatorSettings(MonitoringSettings, PlausibleSettings, TracingSettings, ServiceSettings):
    """The broker, the database, the services to monitor, and the time zone of naive times."""

    naive_time_zone: TimeZone = Field(
        default=ZoneInfo("UTC"), description="Time zone of times without an offset"
    )
    past_retention: PastRetention = Field(default="dead-letter", description=PAST_RETENTION_DESCRIPTION)


class SetupSettings(Accounts, RetentionSettings, OperatorSettings):
    """The owner's logins, the retention, and the accounts to create: those that have a password."""

    @model_validator(mode="after")
    def _require_distinct_accounts(self) -> Self:
        """Reject an account with the owner's name: setup would revoke the owner's permissions."""
        owner = unquote(urlsplit(split_hosts(self.amqp_url)[0]).username or "")
        _require_distinct("RABBITMQ", [owner, *(user.name for user in self.broker_users)])
        _require_distinct("POSTGRES", [database_role(self), *(role.name for role in self.database_roles)])
        return self

    @property
    def broker_users(self) -> list[User]:
        """The broker users to create."""
        topology = Topology(self.queue_name)
        return [
            User(name, password, permissions_of(user.name, topology))
            for user in BROKER_USERS
            for name, password in [self._credentials(user)]
            if password
        ]

    @property
    def database_roles(self) -> list[Role]:
        """The database roles to create."""
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
    """Load the settings of an operator.

    Variables that name a server come first, then a native stack, then the Compose stack. The stacks are
    used with the logins of the operator and the reader.

    Raises:
        ConfigurationError: When no stack is found, or a variable is invalid.
    """
    return discover(OperatorSettings, OPERATOR_LOGINS)


def discover_manager_settings() -> OperatorSettings:
    """Load the settings of a command that changes something in the database, with the role for it.

    Variables that name a server are used with POSTGRES_MANAGER_PASSWORD, if it is set, or else as they are.

    Raises:
        ConfigurationError: When no stack is found, or a variable is invalid.
    """
    return discover(OperatorSettings, MANAGER_LOGINS, manager_login)


def discover_setup_settings() -> SetupSettings:
    """Load the settings of setup, with the owner's logins.

    Raises:
        ConfigurationError: When no stack is found, or a variable is invalid.
    """
    return discover(SetupSettings, {})


def discover(
    settings_type: type[SettingsType],
    logins: Variables,
    explicit_login: Callable[[], Variables] = dict,
) -> SettingsType:
    """Load the settings of a client, as `discover_settings` does.

    In a stack, each variable of `logins` has the value of the stack's variable that it names. Variables that
    name a server are used with `explicit_login`.

    Raises:
        ConfigurationError: When no stack is found, or a variable is invalid.
    """
    if names_a_server():
        return _load_with(settings_type, explicit_login())
    stacks = [variables for variables in (native_variables(), compose_variables()) if variables]
    candidates = [_load_with(settings_type, _replace_logins(variables, logins)) for variables in stacks]
    for settings in candidates:
        if any(map(accepts_connections, _ports(settings))):
            return settings
    # The variables of the native stack exist only while it runs, even if its servers are down.
    if len(candidates) > 1:
        return candidates[0]
    raise ConfigurationError(
        "No running stack was found on this machine. Start one with `make up`, or set RABBITMQ_URL and "
        "DATABASE_URL."
    )


def names_a_server() -> bool:
    """Return whether a variable of the environment names a server, so that no stack is used."""
    return any(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in EXPLICIT_VARIABLES)


def _load_with(settings_type: type[SettingsType], variables: Variables) -> SettingsType:
    return load(settings_type, **{name.lower(): value for name, value in variables.items()})


def _replace_logins(variables: Variables, logins: Variables) -> Variables:
    return variables | {name: variables[other] for name, other in logins.items() if other in variables}


def _require_distinct(server: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"{server}_…_USER: every account needs a name of its own, but {name} is used twice"
            )


def _ports(settings: MonitoringSettings) -> Iterator[int]:
    """Yield the ports of the databases and of the brokers of a stack of this machine."""
    addresses = [*map(str, find_addresses(database_url(settings))), *host_addresses(settings.amqp_url)]
    yield from (int(address.rpartition(":")[2]) for address in addresses)

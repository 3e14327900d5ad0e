"""The names and passwords of the broker users and database roles that setup creates."""

from typing import TYPE_CHECKING

from pydantic import Field, SecretStr, create_model

from runtime.services import BROKER_USERS, DATABASE_ROLES, MANAGER, BrokerUser, DatabaseRole
from runtime.settings import Settings, load


def _account_fields(account: BrokerUser | DatabaseRole) -> dict[str, tuple[object, object]]:
    name = Field(default=account.name, description=f"Name of the login `{account.name}`")
    password = Field(default=None, description="Password of this login; unset: setup does not create it")
    return {
        account.user_variable.lower(): (str, name),
        account.password_variable.lower(): (SecretStr | None, password),
    }


if TYPE_CHECKING:

    class Accounts(Settings):
        """The name and password of each broker user and database role in the registry of services."""

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


def manager_login() -> dict[str, str]:
    """Return the variables that replace the database login with the manager's, if its password is set.

    Raises:
        ConfigurationError: When a variable is invalid.
    """
    accounts = load(Accounts)
    password: SecretStr | None = getattr(accounts, MANAGER.password_variable.lower())
    if password is None:
        return {}
    name: str = getattr(accounts, MANAGER.user_variable.lower())
    return {"POSTGRES_USER": name, "POSTGRES_PASSWORD": password.get_secret_value()}

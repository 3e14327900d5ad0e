"""Types of the settings that web services have in common."""

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

MIN_TOKEN_LENGTH = 16
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

Token = Annotated[SecretStr, Field(min_length=MIN_TOKEN_LENGTH)]
HostNames = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.,:\- ]*$")]


def split_hosts(names: str) -> list[str]:
    """Split host names that are separated by commas."""
    return [name.strip() for name in names.split(",") if name.strip()]

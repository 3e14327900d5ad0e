"""Where the database is."""

from pydantic import Field, SecretStr, field_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from service.settings import Settings

DRIVER = "postgresql+psycopg"
SCHEMES = ("postgresql://", "postgres://", f"{DRIVER}://")


class DatabaseSettings(Settings):
    """`DATABASE_URL` wins over the single variables."""

    database_url: SecretStr | None = None
    postgres_host: str = "127.0.0.1"
    postgres_port: int = Field(default=5432, ge=1, le=65535)
    postgres_user: str = "sensors"
    postgres_password: SecretStr = SecretStr("sensors")
    postgres_db: str = "sensors"

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not _is_usable(url.get_secret_value()):
            raise ValueError(
                "must look like postgresql://user:password@host:5432/database, with signs such as / @ : # "
                "in the password percent-encoded"
            )
        return url


def _is_usable(url: str) -> bool:
    try:
        make_url(url)
    except (ArgumentError, ValueError):  # its message may hold a part of the password
        return False
    return url.startswith(SCHEMES)

"""Where the database is."""

from pydantic import Field, SecretStr, field_validator

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
        if url and not url.get_secret_value().startswith(SCHEMES):
            raise ValueError("must look like postgresql://user:password@host:5432/database")
        return url

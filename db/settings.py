"""The settings of the database connection."""

from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from db.hosts import DatabaseHosts, check_target, parse_url
from db.url_parameters import check_environment, check_parameters
from readings.plausible import PlausibleRanges
from readings.units import ABSOLUTE_ZERO, MAX_TEMPERATURE
from runtime.addresses import check_ports
from runtime.settings import ReadableFile, Settings

# What happens to a reading that is older than the retention.
PastRetention = Literal["dead-letter", "store"]
PAST_RETENTION_DESCRIPTION = (
    "What happens to readings older than `RETENTION_DAYS`: `dead-letter` them (`sensorctl import` leaves "
    "them out), or `store` them until the next maintenance drops them"
)


class PlausibleSettings(Settings):
    """The plausible range of the installation."""

    plausible_min: float = Field(
        default=ABSOLUTE_ZERO,
        ge=ABSOLUTE_ZERO,
        le=MAX_TEMPERATURE,
        description=(
            "Lowest plausible temperature in °C; a reading below it is dead-lettered as `implausible`. "
            "A sensor may have a range of its own (`sensorctl sensor set`)"
        ),
    )
    plausible_max: float = Field(
        default=MAX_TEMPERATURE,
        ge=ABSOLUTE_ZERO,
        le=MAX_TEMPERATURE,
        description="Highest plausible temperature in °C",
    )

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.plausible_min >= self.plausible_max:
            raise ValueError(
                f"PLAUSIBLE_MIN ({self.plausible_min:.10g}) is not below PLAUSIBLE_MAX "
                f"({self.plausible_max:.10g})"
            )
        return self

    @property
    def plausible_range(self) -> PlausibleRanges:
        """The range that is plausible for a sensor without one of its own."""
        return PlausibleRanges(self.plausible_min, self.plausible_max)


class DatabaseSettings(Settings):
    """`DATABASE_URL` takes precedence over the other variables, and its TLS parameters over `POSTGRES_SSL…`.

    The TLS settings are libpq's: https://www.postgresql.org/docs/17/libpq-ssl.html. A root certificate
    without an sslmode means `verify-full`.
    """

    database_url: SecretStr | None = Field(
        default=None,
        description=(
            "`postgresql://user:password@host:5432/database`, also with several hosts "
            "(`…@db-1:5432,db-2:5432/…`); takes precedence over the single variables"
        ),
    )
    postgres_host: DatabaseHosts = Field(
        default="127.0.0.1",
        description=("Host of the database server, or several of which one is the primary: `db-1,db-2:5433`"),
    )
    postgres_port: int = Field(
        default=5432, ge=1, le=65535, description="Port of the database server, for hosts without one"
    )
    postgres_user: str = Field(default="sensors", description="Database role")
    postgres_password: SecretStr = Field(default=SecretStr("sensors"), description="Password of the role")
    postgres_db: str = Field(default="sensors", description="Name of the database")
    postgres_sslmode: Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] | None = (
        Field(
            default=None,
            description=(
                "libpq's `sslmode`; unset: `verify-full` with a root certificate, otherwise libpq's default"
            ),
        )
    )
    postgres_sslrootcert: ReadableFile | None = Field(
        default=None, description="PEM file of the authority that signed the server's certificate"
    )
    postgres_sslcert: ReadableFile | None = Field(
        default=None, description="PEM file of this client's certificate"
    )
    postgres_sslkey: ReadableFile | None = Field(
        default=None, description="PEM file of this client's private key"
    )

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None:
            return None
        check_ports(url.get_secret_value())
        parsed = parse_url(url.get_secret_value())
        check_parameters(parsed.query)
        check_target(parsed)
        return url

    @model_validator(mode="after")
    def _libpq_environment(self) -> Self:
        check_environment()
        return self

    @property
    def tls_options(self) -> dict[str, str]:
        """The TLS settings that are set, by their libpq names."""
        mode = self.postgres_sslmode or ("verify-full" if self.postgres_sslrootcert else None)
        options = {
            "sslmode": mode,
            "sslrootcert": self.postgres_sslrootcert,
            "sslcert": self.postgres_sslcert,
            "sslkey": self.postgres_sslkey,
        }
        return {name: value for name, value in options.items() if value}

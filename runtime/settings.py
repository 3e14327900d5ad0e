"""Settings: environment variables, read once into a typed object."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, AliasChoices, Field, PlainValidator, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from runtime.addresses import Host, has_credentials
from runtime.errors import ConfigurationError
from runtime.validation_messages import validation_message

FILE_SUFFIX = "_FILE"
WHOLE_HOURS = re.compile(r"(?:UTC|GMT)?([+-])0?([1-9]|1[0-2])(?::?00)?", re.IGNORECASE)


def check_readable(path: str) -> str:
    """Return the path of a file.

    Raises:
        ValueError: When it cannot be read.
    """
    try:
        with Path(path).open("rb"):
            return path
    except OSError as error:  # its text repeats the path, which may be a key that was set by mistake
        raise ValueError(f"must be the path of a file that can be read ({error.strerror})") from None


ReadableFile = Annotated[str, AfterValidator(check_readable)]


def time_zone(name: object) -> ZoneInfo:
    """Return the time zone of this name.

    Raises:
        ValueError: When there is none.
    """
    try:
        return ZoneInfo(str(name))
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        hint = _name_hint(str(name))
        raise ValueError(f"must be a time zone such as UTC or Europe/Berlin{hint}") from None


def _name_hint(text: str) -> str:
    """Return the name of the time zone in its own case, or that of an offset, whose sign is reversed."""
    match = WHOLE_HOURS.fullmatch(text.strip())
    if match is None:
        names = (name for name in available_timezones() if name.casefold() == text.strip().casefold())
        name = min(names, default=None)
        return f"; write {name}" if name else ""
    return f"; for the offset {match[1]}{match[2]:0>2}:00, Etc/GMT{'-' if match[1] == '+' else '+'}{match[2]}"


TimeZone = Annotated[ZoneInfo, PlainValidator(time_zone)]


class Settings(BaseSettings):
    """Base of all settings: each field is read from the environment variable of the same name.

    `NAME_FILE` is the path of a file that contains the value. It takes precedence over the variable, so that
    a secret can be mounted over a default. An empty variable counts as unset.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        allow_inf_nan=False,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources in order of precedence: arguments, files, variables."""
        del dotenv_settings, file_secret_settings
        files = InitSettingsSource(settings_cls, _read_files(settings_cls, os.environ))
        return init_settings, files, env_settings


class ServiceSettings(Settings):
    """The settings of every service."""

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The lowest level that is logged"
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="`console` for people, `json` for programs"
    )
    http_host: Host = Field(
        default="127.0.0.1", description="Address on which the service serves HTTP; the images set `0.0.0.0`"
    )
    http_port: int = Field(
        default=9100,
        ge=0,
        le=65535,
        description="Port for health checks and metrics; 0 turns the HTTP server off",
    )
    connect_timeout_seconds: float = Field(
        default=0,
        ge=0,
        description=(
            "Seconds after which a service gives up on a broker or database that it never reached, and exits "
            "with code 69; 0: never"
        ),
    )


S = TypeVar("S", bound=Settings)


def load(settings: type[S], **values: Any) -> S:
    """Read the environment into `settings`.

    Raises:
        ConfigurationError: With one line per invalid variable: its name, its value (unless it is a secret)
            and what is allowed.
    """
    _require_utf8(settings)
    try:
        return settings(**values)
    except ValidationError as error:
        raise ConfigurationError("\n".join(_messages(settings, error))) from None


def _require_utf8(settings: type[BaseSettings]) -> None:
    names = _variables(settings)
    for variable, value in os.environ.items():
        is_known = variable.upper().removesuffix(FILE_SUFFIX) in names
        # Python represents bytes that are not UTF-8 by surrogates, which nothing else accepts.
        if is_known and any("\ud800" <= character <= "\udfff" for character in value):
            raise ConfigurationError(f"{variable}: must be UTF-8")


def _variables(settings: type[BaseSettings]) -> dict[str, str]:
    """Return the field of each variable."""
    return {
        name.upper(): field
        for field, info in settings.model_fields.items()
        for name in (field, *_aliases(info))
    }


def _read_files(settings: type[BaseSettings], environment: Mapping[str, str]) -> dict[str, Any]:
    names = _variables(settings)
    values = {}
    for variable, path in environment.items():
        field = names.get(variable.upper().removesuffix(FILE_SUFFIX))
        if field and path and variable.upper().endswith(FILE_SUFFIX):
            values[field] = read_file(variable, path)
    return values


def _aliases(info: FieldInfo) -> list[str]:
    alias = info.validation_alias
    return [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else []


def read_file(variable: str, path: str) -> str:
    """Return the content of the file that a variable names, without the line break at its end.

    Raises:
        ConfigurationError: When it cannot be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig").rstrip("\r\n")
    except OSError as error:
        reason = f"which cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        reason = "which is not UTF-8: save it as UTF-8"
    raise ConfigurationError(f"{variable} names the file {path}, {reason}")


def _messages(settings: type[Settings], error: ValidationError) -> list[str]:
    return [_message(settings, dict(detail)) for detail in error.errors(include_url=False)]


def _message(settings: type[Settings], detail: Mapping[str, Any]) -> str:
    name = next((part for part in detail["loc"] if isinstance(part, str)), None)
    problem = validation_message(detail)
    if name is None:
        return problem
    fields = _variables(settings)
    field = fields.get(name.upper())
    # Of the names of the field, the one that is set.
    variables = (variable for variable, each in fields.items() if each == field)
    variable = next(filter(os.environ.get, variables), name.upper())
    value = os.environ.get(variable)
    if value is None or field is None or _is_secret(settings, field) or has_credentials(value):
        return f"{variable}: {problem}"
    return f"{variable} is {value!r}: {problem}"


def _is_secret(settings: type[Settings], field: str) -> bool:
    return "SecretStr" in str(settings.model_fields[field].annotation)


__all__ = ["ReadableFile", "SecretStr", "ServiceSettings", "Settings", "load"]

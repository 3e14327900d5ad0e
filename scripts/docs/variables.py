"""The page of environment variables, generated from the settings classes and the compose file."""

import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from db.settings import DatabaseSettings
from messaging.settings import BrokerSettings
from monitoring.settings import MonitoringSettings
from native.settings import StackSettings
from runtime.settings import ServiceSettings, Settings
from runtime.tracing_settings import TracingSettings
from scripts.docs import compose, services
from scripts.docs.markdown import code, codes, punctuate, table
from sensorctl.settings import OperatorSettings, SetupSettings

ROOT = Path(__file__).resolve().parents[2]
# The services of the registry, then the programs that are no services.
READERS: dict[str, type[Settings]] = {
    **dict.fromkeys(services.MODULES, ServiceSettings),
    **services.settings_classes(),
    "sensorctl": OperatorSettings,
    "setup": SetupSettings,
    "native": StackSettings,
}
SHARED: tuple[tuple[str, type[Settings]], ...] = (
    ("Broker", BrokerSettings),
    ("Database", DatabaseSettings),
    ("Monitoring", MonitoringSettings),
    ("All services", ServiceSettings),
    ("Traces", TracingSettings),
)
SECTIONS: tuple[tuple[str, type[Settings]], ...] = (
    *((reader.capitalize(), settings) for reader, settings in services.settings_classes().items()),
    *SHARED,
    ("Setup: users, roles, retention", SetupSettings),
    ("Native stack", StackSettings),
)
BOUNDS = (Ge, Le, MinLen, MaxLen)
INTRODUCTION = """# Environment variables

Every setting is an environment variable. All have defaults, so none is required. Docker Compose, `make up`
without Docker and `sensorctl` also read them from the file `.env`; copy `.env.example` to begin with one.

- An empty variable counts as unset.
- Any variable can come from a file: `POSTGRES_PASSWORD_FILE=/run/secrets/password`. The file takes
  precedence over the plain variable.
- A wrong value ends the process with [exit code](exit-codes.md) 78 and a message that names the variable,
  its value (unless it is a secret) and what is allowed.
"""

COMPOSE_INTRODUCTION = """## Docker Compose

The compose file reads these, with these defaults. `make up` without Docker reads `SENSOR_1_SOURCE` to
`SENSOR_3_SOURCE`, `ALERT_URLS_FILE` and `WEBDAV_PASSWORD_FILE`, too; there these are empty by default. The
compose files of [backups](../operations/backup.md) and [Docker Swarm](../operations/swarm.md) have more.

"""


@dataclass(frozen=True)
class Variable:
    """One environment variable: its names, and what each service that reads it takes by default."""

    names: tuple[str, ...]
    meaning: str
    allowed: str
    defaults: dict[str, str]

    @property
    def default(self) -> str:
        """Return the default, with the services whose default differs."""
        common = next(iter(self.defaults.values()))
        others = [f"{reader}: {code(value)}" for reader, value in self.defaults.items() if value != common]
        return "; ".join([code(common), *others])


def page() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    described: set[str] = set()
    for title, settings in SECTIONS:
        rows = [row for row in variables(settings) if row.names[0] not in described]
        described.update(row.names[0] for row in rows)
        parts += [f"\n## {title}\n\n", _table(rows)]
    parts += ["\n", COMPOSE_INTRODUCTION, compose.table_of_variables(known_names())]
    return "".join(parts)


def variables(settings: type[Settings]) -> Iterator[Variable]:
    """Yield the variables of one settings class, without those that it inherits from a class of SECTIONS."""
    for name, field in settings.model_fields.items():
        if _defines(settings, name):
            readers = {
                reader: _text(found.model_fields[name].default)
                for reader, found in READERS.items()
                if name in found.model_fields
            }
            names, meaning = variable_names(name, field), punctuate(field.description or "")
            yield Variable(names, meaning, _allowed(field), readers)


def known_names() -> set[str]:
    """Return the names of all variables that a settings class reads."""
    classes = {*READERS.values(), *(settings for _, settings in SECTIONS)}
    return {
        name
        for settings in classes
        for field, info in settings.model_fields.items()
        for name in variable_names(field, info)
    }


def _defines(settings: type[Settings], name: str) -> bool:
    """Return whether this class, and none of SECTIONS that it inherits from, describes the field."""
    inherited = [found for _, found in SECTIONS if issubclass(settings, found) and found is not settings]
    return not any(name in found.model_fields for found in inherited)


def variable_names(name: str, field: FieldInfo) -> tuple[str, ...]:
    """Return the environment variables of a field."""
    alias = field.validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [name]
    return tuple(str(choice).upper() for choice in choices)


def _text(default: object) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, ZoneInfo):
        return default.key
    if isinstance(default, Enum):
        return str(default.value)
    if isinstance(default, Path):
        return str(default.relative_to(ROOT) if default.is_relative_to(ROOT) else default)
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else f"{default}"


def _allowed(field: FieldInfo) -> str:
    bounds = [bound for bound in field.metadata if isinstance(bound, BOUNDS)]
    kind = _kind(field.annotation)
    limits = [_bound(bound) for bound in bounds]
    return ", ".join(filter(None, [kind, *limits]))


def _bound(bound: object) -> str:
    match bound:
        case Ge(ge=low):
            return f"≥ {low}"
        case Le(le=high):
            return f"≤ {high}"
        case MinLen(min_length=shortest):
            return f"at least {shortest} characters"
        case MaxLen(max_length=longest):
            return f"at most {longest} characters"
        case _:
            return ""


def _kind(annotation: object) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        nested = [_bound(bound) for bound in arguments[1:] if isinstance(bound, BOUNDS)]
        return ", ".join(filter(None, [_kind(arguments[0]), *nested]))
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_kind(argument) for argument in arguments if argument is not type(None))
    if origin is typing.Literal:
        return codes(arguments)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return codes(member.value for member in annotation)
    names: dict[object, str] = {
        int: "whole number",
        float: "number",
        bool: "`true` or `false`",
        Path: "path",
        SecretStr: "secret",
        ZoneInfo: "time zone",
    }
    return names.get(annotation, "text")


def _table(rows: Sequence[Variable]) -> str:
    headings = ("Variable", "Default", "Allowed", "Read by", "Meaning")
    return table(
        headings,
        (
            (
                " or ".join(map(code, row.names)),
                row.default,
                row.allowed,
                ", ".join(row.defaults),
                row.meaning,
            )
            for row in rows
        ),
    )

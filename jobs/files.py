"""The kinds `file` and `files`: a file of readings becomes a report, and the look for such files."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Any, get_origin, get_type_hints

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from jobs.file_paths import check_path
from jobs.recipients import Recipients
from jobs.reports import MAX_LIMITS, Formats, LimitSpec, ReportLanguage, SensorId, ZoneName
from jobs.spec import Spec
from readings.files.csv_options import CsvOptions
from readings.units import parse_unit
from runtime.settings import time_zone
from runtime.text import quote_name

FILE, FILES = "file", "files"
# A server that is down, or full, is waited for: for an hour and a half at least.
MAX_FILE_FAILURES = 20
MAX_VERSION_CHARACTERS = 1000

FilePath = Annotated[str, AfterValidator(check_path)]


def check_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options for reading a file.

    Raises:
        ValueError: When there is no such option, or its value is refused.
    """
    parse_options(options)
    return options


def parse_options(options: dict[str, Any]) -> CsvOptions:
    """Return the options for reading a file, from JSON.

    Raises:
        ValueError: When there is no such option, or its value is refused.
    """
    return CsvOptions(**parse_fields(options))


def parse_fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the options for reading a file, from JSON.

    A text counts as a list of one.

    Raises:
        ValueError: When there is no such option, or its value is refused.
    """
    hints = get_type_hints(CsvOptions)
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name not in hints:
            known = ", ".join(field.name for field in fields(CsvOptions))
            raise ValueError(f"contains {quote_name(name)}; the options are {known}")
        try:
            values[name] = _parse_option(name, value, hints[name])
        except (ValidationError, ValueError, ArithmeticError):
            raise ValueError(f"contains {name} with a value that it cannot have") from None
    return values


def _parse_option(name: str, value: Any, hint: Any) -> Any:
    if name == "time_zone":
        return time_zone(value)
    if get_origin(hint) is tuple and isinstance(value, str):
        value = [value]
    if name == "units":
        return tuple(parse_unit(unit) for unit in value)
    if name == "scale":
        return Decimal(str(value))
    return TypeAdapter(hint).validate_python(value)


class ReportOfFileSpec(Spec):
    """How files are read, and what their reports are like."""

    sensor: SensorId | None = Field(
        default=None, description="The sensor of all readings; null: as the file, or its folder, says"
    )
    options: Annotated[dict[str, Any], AfterValidator(check_options)] = Field(
        default={}, description="How to read it, as the options of `sensorctl import`"
    )
    formats: Formats = ("pdf", "json")
    preset: str | None = Field(default=None, min_length=1, max_length=50, description="Limits by name")
    limits: tuple[LimitSpec, ...] = Field(default=(), max_length=MAX_LIMITS, description="Further limits")
    time_zone: ZoneName | None = Field(default=None, description="Zone of the report; null: the service's")
    language: ReportLanguage | None = Field(default=None, description="en or pt; null: the service's")
    title: str | None = Field(default=None, min_length=1, max_length=200, description="Title of the report")
    recipients: Recipients = Field(default=(), description="Addresses that get the report by e-mail")


class FileSpec(ReportOfFileSpec):
    """A file below the WebDAV folder, from which its readings are stored, and a report is made.

    A path that is not in the folder for work is below that folder.
    """

    file: FilePath = Field(description="Path of the file, as work/fridge.csv")
    version: str | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_VERSION_CHARACTERS,
        description="The version of the file; null: the one that is there",
    )


class FilesSpec(ReportOfFileSpec):
    """The look into the folder for work, which requests a `file` for each that is complete."""

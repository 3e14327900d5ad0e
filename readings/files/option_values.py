"""The options that describe a file, from JSON, as jobs and their answers have them."""

import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from readings.files.csv_options import CsvOptions
from readings.files.text import check_encoding
from readings.units import parse_unit
from readings.zone_names import parse_fixed_offset
from runtime.settings import time_zone
from runtime.text import quote_name

# What an answer adds to, instead of replacing it.
EXTENDED_OPTIONS = ("missing", "keep", "where")
# Options that are lists: the command line repeats the singular name, and JSON may have it for one item.
FIELD_BY_SINGULAR = {"sensor": "sensors", "unit": "units", "value_column": "value_columns"}
_COMMAND_LINE_OPTION = re.compile(r"--([a-z]+(?:-[a-z]+)*)")


def name_as_fields(text: str) -> str:
    """Return a text for the command line with its options named as in JSON: `time_zone` for `--time-zone`.

    Options of the command line that files of jobs do not have stay.
    """
    known = {*(field.name for field in fields(CsvOptions)), *FIELD_BY_SINGULAR}

    def rename(match: re.Match[str]) -> str:
        name = match[1].replace("-", "_")
        return f"the option {name}" if name in known else match[0]

    return _COMMAND_LINE_OPTION.sub(rename, text)


def parse_options(values: Mapping[str, Any]) -> CsvOptions:
    """Return the options with these values; a single value may stand for a list.

    Raises:
        ValueError: When there is no such option, or its value is refused.
    """
    return CsvOptions(**parse_option_fields(values))


def parse_option_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the options with these values.

    Raises:
        ValueError: When there is no such option, or its value is refused.
    """
    hints = get_type_hints(CsvOptions)
    parsed: dict[str, Any] = {}
    for given, value in values.items():
        name = FIELD_BY_SINGULAR.get(given, given)
        if name not in hints or name in parsed:
            known = ", ".join(field.name for field in fields(CsvOptions))
            raise ValueError(f"contains {quote_name(given)}; the options are {known}, each once")
        try:
            parsed[name] = _parse(name, value, hints[name])
        except (ValidationError, ValueError, ArithmeticError, TypeError):
            raise ValueError(f"contains {given} with a value that it cannot have") from None
    return parsed


def _parse(name: str, value: Any, hint: Any) -> Any:
    if get_origin(hint) is tuple and not isinstance(value, list | tuple):
        value = [value]
    match name:
        case "time_zone":
            name = TypeAdapter(str).validate_python(value)
            return parse_fixed_offset(name) or time_zone(name)
        case "units":
            return tuple(parse_unit(unit) for unit in value)
        case "scale":
            return Decimal(str(value))
        case "encoding":
            return check_encoding(value)
        case "sensors" | "value_columns" | "missing":
            value = [str(text) for text in value]
        case "time_column" | "sensor_column" | "unit_column" | "time_of_day_column":
            value = str(value)
    return TypeAdapter(hint).validate_python(value)

"""The unit that the fields of a body give."""

from collections.abc import Iterator
from typing import Any

from readings.errors import InvalidField
from readings.meanings import Fields, JsonObject, Meaning, meaning_of
from readings.model import Unit
from readings.payload import unit_of
from readings.units import UnknownUnit, find_unit, is_temperature_unit
from runtime.text import quote_name, quote_value

# Fields whose text may be the name of the value, such as `Temperature (°F)`.
_DESCRIPTIONS = frozenset(
    (
        "name",
        "label",
        "title",
        "type",
        "kind",
        "quantity",
        "measurement",
        "parameter",
        "property",
        "field",
        "variable",
    )
)
MAX_DESCRIPTION_CHARACTERS = 100


def find_given_unit(fields: Fields, others: Fields) -> Unit | None:
    """Return the unit that the fields with the meaning of a unit give; None if none does.

    Raises:
        InvalidField: When a unit is unknown, two are different, or another field has a unit that is perhaps
            the temperature's.
    """
    found = [
        (name, value, _parse_unit(name, value))
        for name, container in fields
        for value in _of_temperature(container)
    ]
    for name, value, unit in found[1:]:
        if unit is not found[0][2]:
            first = f"{quote_name(found[0][0])} is {quote_value(found[0][1])}"
            raise InvalidField(f"{first} and {quote_name(name)} is {quote_value(value)}: two units; send one")
    if found:
        return found[0][2]
    for path, value, unit in _units_elsewhere(others):
        if unit is not Unit.CELSIUS:
            raise InvalidField(
                f"{quote_name(path)} is {quote_value(value)}, perhaps of another value: send the unit of "
                'temperature in the field "unit"'
            )
    return None


def _of_temperature(value: Any) -> list[Any]:
    """Return the temperature's unit of a field like `{"temperature": "°C", "humidity": "%"}`."""
    if not isinstance(value, JsonObject):
        return [value]
    return [text for name, text in value.fields if meaning_of(name) is Meaning.TEMPERATURE] or [value]


def _units_elsewhere(fields: Any, path: str = "") -> Iterator[tuple[str, str, Unit]]:
    """Yield each unit of temperature in the objects inside the body, in descriptions, or with a °."""
    for name, value in fields:
        if isinstance(value, JsonObject):
            yield from _units_elsewhere(value.fields, f"{path}{name}.")
        elif isinstance(value, list):
            yield from _units_elsewhere(enumerate(value), f"{path}{name}.")
        elif isinstance(value, str) and (unit := _unit_in_text(f"{path}{name}", str(name), value)):
            yield f"{path}{name}", value, unit


def _unit_in_text(path: str, name: str, value: str) -> Unit | None:
    is_unit = name == "u" or meaning_of(name) is Meaning.UNIT
    if (is_unit or not value.isascii()) and is_temperature_unit(value, with_degree_sign=not is_unit):
        return _parse_unit(path, value)
    if name.casefold() in _DESCRIPTIONS and ("temp" in value.casefold() or "\N{DEGREE SIGN}" in value):
        try:
            return find_unit(value[:MAX_DESCRIPTION_CHARACTERS])
        except UnknownUnit:
            return None
    return None


def _parse_unit(name: str, value: Any) -> Unit:
    try:
        return unit_of(value)
    except ValueError as error:
        raise InvalidField(f"{quote_name(name)} is {quote_value(value)}: {error}") from None

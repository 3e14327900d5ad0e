"""The unit that the fields of a body give."""

from typing import Any

from readings.errors import InvalidField
from readings.factors import find_factors, is_factor
from readings.meanings import Fields, JsonObject, Meaning, compact, meaning_of
from readings.model import Unit
from readings.unclear_unit import find_unclear_units, parse_given_unit
from runtime.text import quote_name, quote_value


def find_given_unit(fields: Fields, others: Fields, *, is_whole: bool) -> Unit | None:
    """Return the unit that the fields with the meaning of a unit give; None if none does.

    `is_whole` is set for a temperature without a decimal point that is not 0.

    Raises:
        InvalidField: When a unit is unknown, two are different, or another field has a unit that is perhaps
            the temperature's, or a factor.
    """
    for name, value in find_factors([*fields, *others], is_whole=is_whole):
        raise InvalidField(
            f"{quote_name(name)} is {quote_value(value)}, so that the temperature is not clear: send it "
            "without a factor, and no such field"
        )
    found = [
        (name, value, parse_given_unit(name, value))
        for name, container in fields
        if not (is_factor(name, container) or _is_angle(name, container))
        for value in _of_temperature(container)
    ]
    for name, value, unit in found[1:]:
        if unit is not found[0][2]:
            first = f"{quote_name(found[0][0])} is {quote_value(found[0][1])}"
            raise InvalidField(f"{first} and {quote_name(name)} is {quote_value(value)}: two units; send one")
    if found:
        return found[0][2]
    for unclear in find_unclear_units(others):
        raise InvalidField(f'{unclear}: send the unit of temperature in the field "unit"')
    return None


def _is_angle(name: str, value: Any) -> bool:
    """Return whether a field such as `"degrees": 45` is a direction and no unit."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and compact(name) in ("degree", "degrees")


def _of_temperature(value: Any) -> list[Any]:
    """Return the temperature's unit of a field like `{"temperature": "°C", "humidity": "%"}`."""
    if not isinstance(value, JsonObject):
        return [value]
    return [text for name, text in value.fields if meaning_of(name) is Meaning.TEMPERATURE] or [value]

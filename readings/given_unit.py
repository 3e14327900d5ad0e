"""The unit that the fields of a body give."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from readings.errors import InvalidField
from readings.factors import check_factors, is_factor
from readings.meanings import Fields, JsonObject, Meaning, compact, meaning_of
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
_UNIT_SUFFIXES = ("unit", "units", "uom")
_SYSTEMS = {"imperial": Unit.FAHRENHEIT, "uscustomary": Unit.FAHRENHEIT, "uscs": Unit.FAHRENHEIT}
_NOT_CELSIUS = re.compile("fahrenheit|[\u00b0\u00ba\u02da] ?f(?![^\\W_])|\u2109", re.IGNORECASE)
_FLAG = re.compile(
    r"(is|uses?|in|as)?(?:temp(?:erature)?(?:in|is)?)?"
    r"(?:(celsius|centigrade|metric)|fahrenheit|kelvin|imperial)(?:units?|scale|mode|system)?"
)
# Fields whose value may be a letter for the unit.
_FORMAT = re.compile(
    r"(?:format|fmt|display|displaymode|mode|notation|system|dimension|suffix|symbol)"
    r"|temp(?:erature|eratura|eratur)?(?:format|fmt|display|mode|notation|system|type|setting|preference)"
)


def find_given_unit(fields: Fields, others: Fields, temperature: float) -> Unit | None:
    """Return the unit that the fields with the meaning of a unit give; None if none does.

    Raises:
        InvalidField: When a unit is unknown, two are different, or another field has a unit that is perhaps
            the temperature's, or a factor.
    """
    check_factors([*fields, *others], temperature)
    found = [
        (name, value, _parse_unit(name, value))
        for name, container in fields
        if not is_factor(name, container)
        for value in _of_temperature(container)
    ]
    for name, value, unit in found[1:]:
        if unit is not found[0][2]:
            first = f"{quote_name(found[0][0])} is {quote_value(found[0][1])}"
            raise InvalidField(f"{first} and {quote_name(name)} is {quote_value(value)}: two units; send one")
    if found:
        return found[0][2]
    _check_flags(others)
    for path, value, unit in _units_elsewhere(others):
        if unit is not Unit.CELSIUS:
            raise InvalidField(
                f"{quote_name(path)} is {quote_value(value)}, perhaps of another value: send the unit of "
                'temperature in the field "unit"'
            )
    return None


def _check_flags(fields: Fields) -> None:
    """Reject fields like `"isFahrenheit": true`, which may change what the value means.

    Raises:
        InvalidField: When there is one.
    """
    for name, value in fields:
        if isinstance(value, JsonObject):
            _check_flags([(key, item) for key, item in value.fields if isinstance(item, bool)])
        flag = _find_flag(name)
        is_flag = isinstance(value, bool) or (flag and flag[1] and value in (0, 1))
        if flag and is_flag and bool(value) != bool(flag[2]):
            raise InvalidField(
                f"{quote_name(name)} is {quote_value(value)}, so that the unit is not clear: send it in the "
                'field "unit"'
            )


@lru_cache(maxsize=1024)
def _find_flag(name: str) -> re.Match[str] | None:
    """Return the match of a name that may say whether the value is in Celsius."""
    return _FLAG.fullmatch(compact(name))


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
    text = compact(name)
    is_unit = (
        name in ("u", "eu")
        or meaning_of(name) is Meaning.UNIT
        or text.endswith(_UNIT_SUFFIXES)
        or _FORMAT.fullmatch(text)
    )
    if system := _SYSTEMS.get(compact(value)):
        return system
    if (is_unit or not value.isascii()) and is_temperature_unit(value, with_degree_sign=not is_unit):
        return _parse_unit(path, value)
    is_description = name.casefold() in _DESCRIPTIONS
    is_not_celsius = _NOT_CELSIUS.search(value) or (is_description and value in ("F", "f"))
    if is_not_celsius or (is_description and ("temp" in value.casefold() or "\N{DEGREE SIGN}" in value)):
        try:
            return find_unit(value[:MAX_DESCRIPTION_CHARACTERS])
        except UnknownUnit as error:
            if is_not_celsius:
                raise InvalidField(
                    f"{quote_name(path)} is {quote_value(value)}, so that the unit is not clear: send it in "
                    'the field "unit"'
                ) from error
    return None


def _parse_unit(name: str, value: Any) -> Unit:
    try:
        return unit_of(value)
    except ValueError as error:
        raise InvalidField(f"{quote_name(name)} is {quote_value(value)}: {error}") from None

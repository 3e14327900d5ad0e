"""Fields outside those of the unit that say what the unit of the temperature may be."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from readings.errors import InvalidField
from readings.meanings import Fields, JsonObject, Meaning, compact, meaning_of
from readings.model import Unit
from readings.payload import unit_of
from readings.units import find_clear_unit, is_temperature_unit
from runtime.text import quote_name, quote_value

# Fields whose text may be the name of the value, such as `Temperature (°F)`.
_DESCRIPTIONS = frozenset(
    (
        "name",
        "friendlyname",
        "label",
        "title",
        "type",
        "sensortype",
        "kind",
        "quantity",
        "measurement",
        "metric",
        "parameter",
        "property",
        "field",
        "key",
        "channel",
        "signal",
        "variable",
    )
)
# Fields whose text names a place, such as `Unit F` or `Fahrenheitstraße 12`, unless it has degrees.
_PLACES = (
    "location", "locationname", "room", "roomname", "place", "site", "sitename", "building", "floor",
    "address", "street", "city", "house", "store", "area", "standort", "raum", "ort", "adresse",
)  # fmt: skip
_DEGREES = re.compile("[\u00b0\u00ba\u02da\u2109]|(?<![^\\W_])deg", re.IGNORECASE)
MAX_DESCRIPTION_CHARACTERS = 100
_UNIT_SUFFIXES = ("unit", "units", "uom")
_SYSTEMS = {"imperial": Unit.FAHRENHEIT, "uscustomary": Unit.FAHRENHEIT, "uscs": Unit.FAHRENHEIT}
_NOT_CELSIUS = re.compile(
    r"fahrenheit|[\u00b0\u00ba\u02da] ?[fk](?![^\W_])|\u2109|фаренгейт|华氏|華氏|화씨"
    r"|(?<![^\W_])deg(?:rees?|s)?[. _]{0,2}[fk](?![^\W_])"
    r"|(?<![^\W_])(?:in|as) (?:(?-i:[FK])(?![^\W_])|kelvin)"
    r"|(?<![^\W_])units?\W{1,5}(?:[fk](?![^\W_])|kelvin|imperial)",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"(is|uses?|in|as)?(?:temp(?:erature)?(?:in|is)?)?"
    r"(?:(celsius|centigrade|metric)|fahrenheit|kelvin|imperial)(?:units?|scale|mode|system)?"
)
# Fields whose value may be a letter for the unit.
_FORMAT = re.compile(
    r"(?:format|fmt|display|displaymode|mode|notation|system|dimension|suffix|symbol|deg)"
    r"|temp(?:erature|eratura|eratur)?"
    r"(?:format|fmt|display|mode|notation|system|type|setting|preference|u|deg)"
)
_UNCLEAR = "so that the unit is not clear"
_OF_ANOTHER_VALUE = "perhaps of another value"


class UnclearUnit(NamedTuple):
    """A field that gives, or may give, another unit than °C, and what the problem is."""

    name: str
    value: Any
    problem: str

    def __str__(self) -> str:
        return f"{quote_name(self.name)} is {quote_value(self.value)}, {self.problem}"


def find_unclear_units(fields: Fields) -> Iterator[UnclearUnit]:
    """Yield the fields like `"isFahrenheit": true` and `"name": "Temp F"`, also in objects inside the body.

    Raises:
        InvalidField: When a field has an unknown unit.
    """
    yield from _find_flags(fields)
    yield from _find_units(fields)


def parse_given_unit(name: str, value: Any) -> Unit:
    """Return the unit that a field gives.

    Raises:
        InvalidField: When it is none of temperature.
    """
    if isinstance(value, str) and compact(value) == "metric":  # as the opposite of imperial
        return Unit.CELSIUS
    try:
        return unit_of(value)
    except ValueError as error:
        raise InvalidField(f"{quote_name(name)} is {quote_value(value)}: {error}") from None


def mentions_other_unit(text: str) -> bool:
    """Return whether a text gives another unit than °C."""
    return _NOT_CELSIUS.search(text) is not None


def may_be_flag(name: str) -> bool:
    """Return whether a field with this name may say in which unit the temperature is, as true or false."""
    return _find_flag(name) is not None


def _find_flags(fields: Fields) -> Iterator[UnclearUnit]:
    for name, value in fields:
        if isinstance(value, JsonObject):
            yield from _find_flags([(key, item) for key, item in value.fields if isinstance(item, bool)])
        flag = _find_flag(name)
        is_flag = isinstance(value, bool) or (flag and flag[1] and value in (0, 1))
        if flag and is_flag and bool(value) != bool(flag[2]):
            yield UnclearUnit(name, value, _UNCLEAR)


@lru_cache(maxsize=1024)
def _find_flag(name: str) -> re.Match[str] | None:
    """Return the match of a name that may say whether the value is in Celsius."""
    return _FLAG.fullmatch(compact(name))


def _find_units(fields: Any, path: str = "") -> Iterator[UnclearUnit]:
    for name, value in fields:
        if isinstance(value, JsonObject):
            yield from _find_units(value.fields, f"{path}{name}.")
        elif isinstance(value, list):
            yield from _find_units(enumerate(value), f"{path}{name}.")
        elif isinstance(value, str) and (problem := _problem_of_text(f"{path}{name}", str(name), value)):
            yield UnclearUnit(f"{path}{name}", value, problem)


def _problem_of_text(path: str, name: str, value: str) -> str | None:
    text = compact(name)
    if text in _PLACES and not _DEGREES.search(value):
        return None
    is_unit = (
        name in ("u", "eu")
        or meaning_of(name) is Meaning.UNIT
        or text.endswith(_UNIT_SUFFIXES)
        or _FORMAT.fullmatch(text)
    )
    if compact(value) in _SYSTEMS:
        return _OF_ANOTHER_VALUE
    if (is_unit or not value.isascii()) and is_temperature_unit(value, with_degree_sign=not is_unit):
        return None if parse_given_unit(path, value) is Unit.CELSIUS else _OF_ANOTHER_VALUE
    is_description = text in _DESCRIPTIONS
    is_not_celsius = mentions_other_unit(value) or (is_description and value in ("F", "f"))
    if not is_not_celsius and not (is_description and ("temp" in value.casefold() or "°" in value)):
        return None
    unit = find_clear_unit(value[:MAX_DESCRIPTION_CHARACTERS])
    if unit not in (None, Unit.CELSIUS):
        return _OF_ANOTHER_VALUE
    return _UNCLEAR if is_not_celsius else None

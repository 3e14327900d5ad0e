"""Fields of a body that say the temperature is scaled: a factor, a power of ten, or tenths of a degree."""

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from readings.meanings import Fields, JsonObject, compact, is_other_quantity

_OF_TEMPERATURE = r"(?:t|temp(?:erature|eratura|eratur)?|value|val|raw|reading|measurement)"
_FACTOR = re.compile(
    rf"(?:{_OF_TEMPERATURE}|unit|conversion|conv|sensor)?"
    r"(?:multipl(?:ier|icator|ikator|icador|icateur|yby)|moltiplicatore|divis(?:or|eur|ore)|divider|divideby"
    r"|fa[ck]tor|facteur|fattore|fator|teiler|множитель|делитель|scal(?:e|ing)(?:factor|by)?)"
    rf"{_OF_TEMPERATURE}?|{_OF_TEMPERATURE}(?:mult|div|gain)"
)
_EXPONENT = re.compile(
    rf"{_OF_TEMPERATURE}?(?:scale|decimal)?(?:exponent|exp10|pow(?:er)?(?:of)?(?:10|ten)){_OF_TEMPERATURE}?"
)
# Small whole numbers in these are a power of ten; `exp` may also be the time of expiry, and `power` in watts.
_SHORT_EXPONENT = re.compile(rf"{_OF_TEMPERATURE}?(?:exp|sf|e|power|pow)")
_MAX_EXPONENT = 9
_SPREADING_FACTORS = range(5, 13)  # of LoRa, which `sf` is as often as SunSpec's scale factor
_SPREADING_FACTOR = re.compile(r"sf\d{1,2}(?:bw\d+)?", re.IGNORECASE)
_DECIMALS = re.compile(
    rf"{_OF_TEMPERATURE}?(?:decimals?|decimal(?:places|digits|point)|fraction(?:al)?digits|precision|prec|dp|dps)"
    rf"{_OF_TEMPERATURE}?"
)
_STEP = re.compile(rf"{_OF_TEMPERATURE}?(?:resolution|auflösung|résolution|step(?:size)?|lsb|increment)")
_OF_PROCESS = ("step", "increment")  # of a program, such as that of a kiln
_MAX_DECIMALS = 3  # a larger `dp` is a dew point
_CONVERTER_BITS = range(8, 25)  # a resolution of 12 is that of an analog-to-digital converter
_OFFSET = re.compile(rf"{_OF_TEMPERATURE}?(?:offset|bias|add(?:end)?|zero){_OF_TEMPERATURE}?")
_KELVIN_OFFSET = (273, 273.2)
_SCALE_IN_TEXT = re.compile(
    r"(?:(?<![\d.,+\-\u2212])0[.,](?:0*1|0625)(?!\d)|(?<!\d)1/10+|tenths?|hundredths?|zehntel|hundertstel"
    r"|(?<![^\W_])(?:milli|deci|centi))"
    r"[\s-]?(?:of )?(?:an? )?(?:[°˚º]|deg|celsius|kelvin|fahrenheit|grad(?![^\W\d_])|[CFK](?![^\W_]))"
    r"|(?<![\d.,])0[.,]\d+\s?(?:[°˚º]\s?)?[a-z]*\s?(?:steps?|per|lsb|increments?)(?![^\W_])"
    r"|(?<![^\W_])(?:steps?|lsb|increments?)\W{1,3}(?:of )?0[.,]\d"
    r"|(?:[°˚º]\s?[CFK]|celsius|kelvin|fahrenheit|(?<![^\W_])(?:value|val|raw|temp(?:erature)?|reading))"
    r"\s?[*x\u00d7/·]\s?10+(?!\d)|(?<![^\W_])(?:adc|raw)[ _](?:adc|counts?|values?)(?![^\W_])"
    r"|(?<![^\W_])(?:u?q\d{1,2}\.\d{1,2}|fixed[ _-]?point|bcd)(?![^\W_])"
    r"|(?<![^\W_])(?:multiplier|divisor|scale|factor)\s?[:=]\s?(?!1(?:\.0*)?(?![\d.]))[\d./*x]",
    re.IGNORECASE,
)
# What else a text may give in tenths of a degree.
_QUALITY = re.compile(
    r"resol|accura|precis|toler|\u00b1|\+/-|error|drift|hyster|thresh|delta|dead ?band|repeatab|genauigkeit"
    r"|auflösung|offset|correct|calib|limit|grenz|lowest|highest|minim|maxim|(?<![^\W_])(?:min|max)[\W_]{1,3}\d",
    re.IGNORECASE,
)
_TRUE_SCALE = re.compile(
    r"(?:is|in|use)?(?:(?:tenths|hundredths|x100?|times100?|scaled)(?:degrees?|deg|celsius|c|f)?|raw(?:value|data)?)"
)


def find_factors(fields: Fields, *, is_whole: bool) -> Iterator[tuple[str, Any]]:
    """Yield fields like `"divisor": 10` and `"note": "tenths of °C"`, which may change what the value means.

    Decimals and a resolution may only change a number that `is_whole`, without a decimal point and not 0. The
    fields of another quantity, such as those inside `humidity`, count for that.
    """
    for name, value in fields:
        if isinstance(value, int | float):  # numbers are frequent, and cost little here
            if may_be_factor(name) and _changes(name, value, is_whole=is_whole):
                yield name, value
            continue
        if isinstance(value, JsonObject) and not is_other_quantity(name):
            yield from find_factors(value.fields, is_whole=is_whole)
        elif isinstance(value, list):
            yield from find_factors([(name, item) for item in value], is_whole=is_whole)
        if isinstance(value, str) and is_scale(value):
            yield name, value
        yield from ((name, item) for item in _values(value) if _changes(name, item, is_whole=is_whole))


@lru_cache(maxsize=1024)
def may_be_factor(name: str) -> bool:
    """Return whether a field with this name may be a factor or a power of ten, or say that there is one."""
    return _neutral(name) is not None or _TRUE_SCALE.fullmatch(compact(name)) is not None


def is_factor(name: str, value: Any) -> bool:
    """Return whether a field is a factor and no unit, as `scale` may be either."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _neutral(name) is not None and (is_number or (isinstance(value, str) and _has_digit(value)))


def _changes(name: str, value: Any, *, is_whole: bool) -> bool:
    """Return whether a field may make the temperature another number."""
    neutral = _neutral(name)
    if value is True:
        return _TRUE_SCALE.fullmatch(compact(name)) is not None
    if neutral is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    if not is_whole and _is_of_decimals(name):
        return False  # they are those of this number
    is_text = isinstance(value, str)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            is_number = not value.casefold().rstrip("s").endswith("bit") and not _OFFSET.fullmatch(
                compact(name)
            )
            return is_number and _has_digit(value) and not _SPREADING_FACTOR.fullmatch(value)
    number = _to_float(value)
    if math.isinf(number) or (math.isnan(number) and not is_text):  # as text, it is the absence of a value
        return True
    return bool(value != neutral) and _may_be(compact(name), number, is_whole=is_whole)


def _to_float(number: float) -> float:
    """Return the number as a float; an integer beyond every float is infinite, as 1e999 is."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _may_be(text: str, value: float, *, is_whole: bool) -> bool:
    """Return whether a value can be what a field with this compact name may be."""
    if _OFFSET.fullmatch(text):
        return _KELVIN_OFFSET[0] <= abs(value) <= _KELVIN_OFFSET[1]
    if _SHORT_EXPONENT.fullmatch(text):
        is_certain = text.endswith(("exp", "sf")) or (is_whole and value < 0)
        if text == "sf" and value in _SPREADING_FACTORS:
            return False
        return is_certain and value.is_integer() and abs(value) <= _MAX_EXPONENT
    if text == "dp":
        return value in range(1, _MAX_DECIMALS + 1)
    if text in _OF_PROCESS:
        return not value.is_integer()
    return not (_STEP.fullmatch(text) and value in _CONVERTER_BITS)


@lru_cache(maxsize=1024)
def _is_of_decimals(name: str) -> bool:
    text = compact(name)
    return bool(_DECIMALS.fullmatch(text) or _STEP.fullmatch(text))


@lru_cache(maxsize=1024)
def _neutral(name: str) -> float | None:
    """Return the value with which a factor or a power of ten changes nothing; None for other fields."""
    text = compact(name)
    if _FACTOR.fullmatch(text) or _STEP.fullmatch(text):
        return 1
    return 0 if any(p.fullmatch(text) for p in (_EXPONENT, _SHORT_EXPONENT, _DECIMALS, _OFFSET)) else None


def _values(value: Any) -> Iterator[Any]:
    """Yield the value, or those of an object like `{"temperature": 0.1, "humidity": 1}`."""
    if not isinstance(value, JsonObject):
        yield value
        return
    for name, item in value.fields:
        if not is_other_quantity(name):
            yield item


def is_scale(text: str) -> bool:
    """Return whether a text says that values are in tenths of a degree or the like."""
    return _SCALE_IN_TEXT.search(text) is not None and _QUALITY.search(text) is None


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)

"""Units of temperature: every spelling that is understood, and units in the names of fields and columns."""

import re
import unicodedata

from readings.model import Unit
from runtime.text import quote_value


class UnknownUnit(ValueError):
    """A unit is given but cannot be used; the message says why."""


class NumberedLetter(UnknownUnit):
    """A name has a letter with a number, as in `Temp F1`, which may be a unit or not."""


_SPELLINGS = {
    Unit.CELSIUS: "c cel celsius celcius celsuis centigrade centigrados centígrados celsiusgrad градусцельсия"
    " градусыцельсия градусовцельсия stopniecelsjusza stopnicelsjusza celsjusza stupněcelsia stupňůcelsia"
    " celsia celsiusdegree celsiusdegrees centigrades centigradi santigrat santigratderece"
    " цельсия 摄氏度 摄氏 攝氏 摂氏",
    Unit.FAHRENHEIT: "f fah fahr fahrenheit farenheit fahrenheight farhenheit фаренгейта 华氏度 华氏 華氏",
    Unit.KELVIN: "k kel kelvin kelvins кельвин кельвина 开尔文 開爾文 ケルビン",
}
_UNIT_BY_SPELLING = {name: unit for unit, names in _SPELLINGS.items() for name in names.split()}
# In a name, these are a unit only next to a word for temperature, or alone in brackets.
_SHORT = ("c", "f", "k", "cel", "fah", "fahr", "kel")

_DEGREE_WORD = r"(?:degrees?|degrés?|degs?|grad(?:en|er|os?|e|i)?|graus?)"
_ONLY_A_UNIT = re.compile(rf"(?:°|'|o(?=[cf]$)|{_DEGREE_WORD})*([^\W\d_]+?)°?")
# The degree sign, its look-alikes, and what it becomes in a wrong character encoding, the longest first.
_DEGREE_SIGNS = re.compile(
    "Ã‚Â°|\udcc2\udcb0|&deg;|[ÂВ]°|Âº|┬░|¬∞|掳|ﾂｰ|[\udcb0º˚∘⁰ᵒ゜]"  # noqa: RUF001 (look-alikes)
    "|(?:\ufffd{1,2}|ï¿½)(?=[CFKcfk](?![^\\W_]))"
    "|(?<![^\\W_])(?:[*øØ¡∞░`]|\ufffd{1,2}|ï¿½)(?=\\s?[CFKcfk](?![^\\W_]))"
)
_SINGLE_SIGNS = {"â„ƒ": "°C", "â\x84\x83": "°C", "â„‰": "°F", "â\x84\x89": "°F"}
_CYRILLIC_LETTERS = str.maketrans("СсКк", "CcKk")
_FORMAT_OR_CONTROL = ("Cc", "Cf")

_BRACKETS = re.compile(r"[(\[{<]([^()\[\]{}<>]*)[)\]}>]")
_DEGREES = re.compile(r"°\s?_?([^\W\d_]*)")
_UNIT_BEFORE_DEGREE = re.compile(r"(?<![^\W_])([CFKcfk])\s?°(?![^\W\d_])")
_WORDS = re.compile(r"°|\d+|[A-ZÀ-Þ]?[^\W\d_A-ZÀ-Þ]+|[A-ZÀ-Þ]+(?![^\W\d_A-ZÀ-Þ])")
_TEMPERATURE = re.compile(
    r"t|tmp|.*temp(?!late|or).*|dew|point|dewpoint|value|val|reading|valor|wert|messwert|.*温度|气温|気温"
)
# Next to these, a letter at the end is a unit, as in `tavg_f`, `dry_bulb_f` and `sst_k`.
_QUALIFIERS = re.compile(
    r"t?(?:air|avg|mean|max|min|high|low|water|soil|ambient|surface|skin|outdoor|outside|indoor|inside|in|out)"
    r"|(?:dry|wet)?bulb|sst|wtmp|dwp[ct]?"
)
_LABELS = (
    "sensor", "channel", "ch", "probe", "zone", "room", "phase", "port", "input", "type", "rack", "raum",
    "zimmer", "halle", "fühler", "kanal", "sala", "zona", "canal", "sonda", "sonde",
)  # fmt: skip
# As in `Temp F1` of the first fridge, `2F` of the second floor and `NTC 10K` of a resistor.
_NUMBERED_LETTER = re.compile(r"(?<![^\W_])(?:(?:ntc)?\d+[fk]|[fk][ _-]?\d+)(?![^\W_])", re.IGNORECASE)
# Weather stations write tempf, temp1f, tempinf and soiltemp1f.
_JOINED = re.compile(
    r"(?:.*temp(?:erature|eratura|eratur)?|w?tmp|dwp|t(?:avg|mean|max|min|air)|(?:dry|wet)bulb)"
    r"(?:in|out)?\d*(?:deg)?(c|f|k|celsius|fahrenheit|kelvin)"
    r"|deg(c|f|k|celsius|fahrenheit|kelvin)"
)
_SCALED = re.compile(
    r"\b0[.,]\d+\s?(?:°|deg|[CFK]\b)|1/10+|[*x\u00d7/·]\s?(?:100?0?|0[.,]0*1)(?!\d|\s?(?:m|s|h|day))"
    r"|(?<![^\W_])[mdc](?:°|deg(?![a-z]{2}))|(?<![^\W_])(?-i:[mdcμ][CFK])(?![^\W_])"
    r"|(?<![^\W_])(?:tenths?|hundredths?|zehntel|hundertstel|10ths|100ths|(?:milli|deci|centi)(?:$|[\W_]|deg|cel|kel|[cfk](?![^\W_])))",
    re.IGNORECASE,
)
_NOT_UNDERSTOOD = re.compile(r"(?:°|degrees?\s?)?(?:rankine|réaumur|reaumur|delisle)|°r[aeé]?", re.IGNORECASE)
_OTHER_UNITS = re.compile(
    r"%.*|[hkm]?pa|m?bar|mmhg|inhg|psi|mv|ma|ohms?|k?ω|k?Ω|lux|lx|ppm|ppb|dbm?|adc|raw|counts?|digits?"
    r"|(?:degrees?|°)?\s?(?:rankine|réaumur|reaumur|delisle|rømer|romer)",
    re.IGNORECASE,
)
_MAX_UNIT_CHARACTERS = 30
# Longer texts are not examined: patterns and Unicode's normal forms would take minutes for some of 64 KiB.
_MAX_CHARACTERS = 500
# °C. No thermometer measures more than the second; tungsten boils at about 5,900 °C.
ABSOLUTE_ZERO, MAX_TEMPERATURE = -273.15, 10_000.0
EXPECTED = "must be celsius, fahrenheit or kelvin (or C, F, K, °C, °F)"


def parse_unit(text: str) -> Unit:
    """Return the unit of which the text is a spelling, such as `°F`, `degC`, `Kelvin` or `[degF]`.

    Raises:
        UnknownUnit: When it is none, as `°` alone and a scaled unit such as `0.1 °C` are.
    """
    unit = _unit_of(_normalise(text)) if len(text) <= _MAX_CHARACTERS else None
    if unit is None:
        raise UnknownUnit(EXPECTED)
    return unit


def is_temperature_unit(text: str, *, with_degree_sign: bool = False) -> bool:
    """Return whether the text is a unit of temperature, understood or not, with a degree sign if required."""
    if len(text) > _MAX_UNIT_CHARACTERS:
        return False
    normalised = _normalise(text)
    is_unit = _unit_of(normalised) or _NOT_UNDERSTOOD.fullmatch(normalised.strip())
    return bool(is_unit) and ("°" in normalised or not with_degree_sign)


def to_celsius(temperature: float, unit: Unit) -> float:
    """Return the temperature in °C.

    It is rounded far below the resolution of any thermometer, so that 0 K is exactly absolute zero despite
    binary fractions, and never -0.0.
    """
    if unit is not Unit.CELSIUS:
        temperature = (temperature - 32) * 5 / 9 if unit is Unit.FAHRENHEIT else temperature + ABSOLUTE_ZERO
    return round(temperature, 9) + 0.0


def from_celsius(temperature: float, unit: Unit) -> float:
    """Return a temperature in °C in another unit, rounded as `to_celsius` does."""
    if unit is not Unit.CELSIUS:
        temperature = temperature * 9 / 5 + 32 if unit is Unit.FAHRENHEIT else temperature - ABSOLUTE_ZERO
    return round(temperature, 9) + 0.0


def find_clear_unit(name: str) -> Unit | None:
    """Return the unit in a name as `find_unit` does, and None where that raises UnknownUnit."""
    try:
        return find_unit(name)
    except UnknownUnit:
        return None


def find_unit(name: str) -> Unit | None:
    """Return the unit in the name of a field or column, as in `temp_f` and `Temp, °C (S/N 1)`; None if none.

    Raises:
        NumberedLetter: When the name has a letter with a number, as in `Temp F1`.
        UnknownUnit: When the name gives a unit that is unknown, scaled, or one of two, or is too long.
    """
    if len(name) > _MAX_CHARACTERS:
        raise UnknownUnit(f"{quote_value(name)} has over {_MAX_CHARACTERS} characters; {EXPECTED}")
    text = _normalise(name)
    if _SCALED.search(text):
        raise UnknownUnit(f"{quote_value(name)} gives a scaled unit; {EXPECTED}")
    certain = {*_in_brackets(text, name), *_after_degrees(text)}
    units = {*certain, *_in_words(text)}
    if units != {*certain, *_in_words(_NUMBERED_LETTER.sub(" ", text))}:
        raise NumberedLetter(
            f"{quote_value(name)} gives a letter with a number, which may be no unit; {EXPECTED}"
        )
    if len(units) > 1:
        raise UnknownUnit(f"{quote_value(name)} gives two units, {' and '.join(sorted(units))}")
    if not units and ("°" in text or re.search(rf"(?:^|[\W_]){_DEGREE_WORD}(?:$|[\W_])", text.casefold())):
        raise UnknownUnit(f"{quote_value(name)} gives degrees without saying of which scale; {EXPECTED}")
    return units.pop() if units else None


def _normalise(text: str) -> str:
    for mangled, repaired in _SINGLE_SIGNS.items():
        text = text.replace(mangled, repaired)
    text = unicodedata.normalize("NFKC", _DEGREE_SIGNS.sub("°", text))
    text = text.translate(_CYRILLIC_LETTERS) if "°" in text else text
    return "".join(
        character for character in text if unicodedata.category(character) not in _FORMAT_OR_CONTROL
    )


def _unit_of(text: str) -> Unit | None:
    """Return the unit that the whole normalised text is."""
    compact = re.sub(r"[\s._\-()\[\]{}<>:,]+", "", text.casefold()).removeprefix("unit")
    match = _ONLY_A_UNIT.fullmatch(compact)
    return _UNIT_BY_SPELLING.get(match[1]) if match else None


def _in_brackets(text: str, name: str) -> list[Unit]:
    units = []
    for content in _BRACKETS.findall(text):
        parts = [content, *re.split(r"[,;/|]|\bin\b|\bunits?\b", content)]
        units += [unit for part in parts if (unit := _unit_of(part))]
        if _OTHER_UNITS.fullmatch(content.strip()):
            raise UnknownUnit(f"{quote_value(name)} gives the unit {content.strip()}; {EXPECTED}")
    return units


def _after_degrees(text: str) -> list[Unit]:
    before = [_UNIT_BY_SPELLING[letter.casefold()] for letter in _UNIT_BEFORE_DEGREE.findall(text)]
    after = [
        unit for word in _DEGREES.findall(text) if word and (unit := _UNIT_BY_SPELLING.get(word.casefold()))
    ]
    return [*before, *after]


def _in_words(text: str) -> list[Unit]:
    words = [word.casefold() for word in _WORDS.findall(_BRACKETS.sub(" ", text))]
    units = [unit for i, word in enumerate(words) if (unit := _unit_of_word(words, i, word))]
    joined = map(_JOINED.fullmatch, re.findall(r"[^\W_]+", text.casefold()))
    return [*units, *(_UNIT_BY_SPELLING[match[1] or match[2]] for match in joined if match)]


def _unit_of_word(words: list[str], position: int, word: str) -> Unit | None:
    unit = _UNIT_BY_SPELLING.get(word)
    if unit is None or word not in _SHORT or len(words) == 1:
        return unit
    before = words[position - 1] if position else ""
    after = words[position + 1] if position + 1 < len(words) else ""
    if before in _LABELS or (word == "k" and after in ("type", "typ")):  # a thermocouple
        return None
    if re.fullmatch(_DEGREE_WORD, before) or _TEMPERATURE.fullmatch(before):
        return unit
    if not after and _QUALIFIERS.fullmatch(before):
        return unit
    is_before = word != "k" and bool(_TEMPERATURE.fullmatch(after))  # not a thermocouple's type K
    is_last = not after and any(map(_TEMPERATURE.fullmatch, words[:position]))
    return unit if is_before or is_last else None

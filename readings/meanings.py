"""The meaning of a field by its name, whatever its case and separators: `TempUnit` is `temp_unit`."""

import re
from enum import IntEnum, auto
from functools import lru_cache
from typing import Any

_TEMPERATURE = ("temperature", "temperatura", "temperatur", "temp")
_ANY = "|".join(_TEMPERATURE)
_UNIT = re.compile(
    rf"(?:t|tmp|{_ANY}|measurement|measured|value|reading)?(?:degrees?)?(?:units?|uom|scale)"
    rf"(?:of)?(?:{_ANY}|measure(?:ment)?)?(?:name|text|symbol|code|system)?"
    rf"|(?:{_ANY})symbol|unidade?|unidaddemedida|einheit|unit[eé]|unità|degrees?"
)
_TEMPERATURE_IN_UNIT = re.compile(rf"(?:t|tmp|{_ANY})(?:deg|degrees?)?[cfk]\w*")
Fields = list[tuple[str, Any]]
_TIMES = (
    "measuredat timestamp data time datetime date ts measurementtime measuretime measuredtime epoch epochtime"
    " unix unixtime unixtimestamp timestampms tsms timems sampletime sampledat readingtime observationtime"
    " observedat"
)
_TIMES_OF_DEVICES = "lastseen lastupdate lastupdated createdat recordedat capturedat eventtime sentat"


class Meaning(IntEnum):
    """What the value of a field is, by the name of the field."""

    SENSOR = auto()
    TIME = auto()
    # The time of a device's last message, which is the measurement's if there is no other
    TIME_OF_DEVICE = auto()
    TEMPERATURE = auto()
    TEMPERATURE_IN_UNIT = auto()
    UNIT = auto()
    UNIQUE = auto()
    OTHER = auto()


_MEANINGS = {
    **dict.fromkeys(("sensorid", "id"), Meaning.SENSOR),
    **dict.fromkeys(_TIMES.split(), Meaning.TIME),
    **dict.fromkeys(_TIMES_OF_DEVICES.split(), Meaning.TIME_OF_DEVICE),
    **dict.fromkeys(_TEMPERATURE, Meaning.TEMPERATURE),
    **dict.fromkeys(("readingid", "runid", "sequence"), Meaning.UNIQUE),
}


class JsonObject(dict[str, Any]):
    """A JSON object that knows all its fields, of which a dictionary keeps the last one of a name."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self.fields = fields


@lru_cache(maxsize=1024)
def meaning_of(name: str) -> Meaning:
    """Return the meaning of a field with this name."""
    compact = "".join(filter(str.isalnum, name.casefold()))
    if meaning := _MEANINGS.get(compact):
        return meaning
    if _UNIT.fullmatch(compact):
        return Meaning.UNIT
    return Meaning.TEMPERATURE_IN_UNIT if _TEMPERATURE_IN_UNIT.fullmatch(compact) else Meaning.OTHER

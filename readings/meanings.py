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
    rf"|(?:{_ANY})symbol|unidade?|unidaddemedida|einheit|unit[eé]|unità|degrees?|eenheid|enhet|enhed"
    r"|jednostka|jednotka|yksikkö|единиц\w*|单位|單位|単位|단위|birim|mértékegység"
)
_TEMPERATURE_IN_UNIT = re.compile(rf"(?:t|tmp|{_ANY})(?:deg|degrees?)?[cfk]\w*|celsius|fahrenheit|kelvin")
# Not `winding`, `powertrain`, `train`, `drain` and `lighthouse`, whose temperature is measured.
_OTHER_QUANTITY = re.compile(
    r"(?!.*temp).*(?:hum(?!idor|boldt)|pressure|baro|batt|volt|power(?!train|[ _]?plant)|energy|co2|tvoc|pm10"
    r"|pm2|lux|light(?!house|bulb)|illum|rssi|snr|signal|wind(?!ing|ow)|(?<![bdgt])rain|event_?rain"
    r"|moisture|noise|linkquality).*|rh|hpa|lqi",
    re.IGNORECASE,
)
# Names that are not read as the sensor's, since they may be that of a device with several.
_NAMES_OF_SENSORS = (
    "sensor", "sensorname", "dev", "device", "deviceid", "devid", "devicename", "station", "stationid",
    "node", "nodeid",
)  # fmt: skip
_IDS_OF_DEVICES = ("deviceid", "devid", "stationid", "nodeid")
Fields = list[tuple[str, Any]]
_TIMES = (
    "measuredat timestamp data time datetime date ts measurementtime measuretime measuredtime epoch epochtime"
    " unix unixtime unixtimestamp timestampms tsms timems sampletime sampledat readingtime observationtime"
    " observedat"
)
_TIMES_OF_DEVICES = (
    "lastseen lastupdate lastupdated createdat recordedat capturedat eventtime sentat created updatedat"
    " receivedat reportedat publishedat collectedat loggedat takenat readat timeofsample phenomenontime"
    " resulttime dateobserved timeinstant devicetime gatewaytime gwts localtime utc utctime dateutc dt rtc"
    " tst datahora hora dataleitura fecha fechahora zeit zeitstempel datum messzeit horodatage dateheure"
    " heure dataora ora tijd tijdstip tid tidpunkt tidspunkt"
)


class Meaning(IntEnum):
    """What the value of a field is, by the name of the field."""

    SENSOR = auto()
    TIME = auto()
    # The time of a device's last message, or another one, which is the measurement's if there is no other
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
    text = compact(name)
    if meaning := _MEANINGS.get(text):
        return meaning
    if _UNIT.fullmatch(text):
        return Meaning.UNIT
    return Meaning.TEMPERATURE_IN_UNIT if _TEMPERATURE_IN_UNIT.fullmatch(text) else Meaning.OTHER


def compact(name: str) -> str:
    """Return the name of a field in lower case and without separators, as names are compared."""
    return "".join(filter(str.isalnum, name.casefold()))


def is_other_quantity(name: str) -> bool:
    """Return whether this is the name of another quantity than temperature, such as `humidity`."""
    return _OTHER_QUANTITY.fullmatch(name) is not None


def is_sensor_name(name: str) -> bool:
    """Return whether this is a name under which other systems send the sensor."""
    return compact(name) in _NAMES_OF_SENSORS


def is_device_id(name: str) -> bool:
    """Return whether this is a name under which other systems send the ID of a device."""
    return compact(name) in _IDS_OF_DEVICES

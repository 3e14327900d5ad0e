"""Messages of known devices and services that are no readings, and the body to send in their place."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from readings.meanings import Meaning, is_sensor_name, meaning_of
from readings.model import Unit
from readings.units import UnknownUnit, find_clear_unit, parse_unit

EXAMPLE_TIME = "2026-11-22T05:28:37Z"
MAX_NAME_CHARACTERS = 20
MIN_EXAMPLE, MAX_EXAMPLE = -100, 1000


class Shape(NamedTuple):
    """What a body is, with the sensor, temperature and unit that were found in it."""

    description: str
    sensor: Any = None
    temperature: Any = None
    unit: Any = None


def example_body(shape: Shape, *, for_mqtt: bool) -> str:
    """Return a body that would be accepted, with what the message has."""
    sensor = shape.sensor if isinstance(shape.sensor, str) else ""
    if not sensor.isascii() or not sensor.isprintable() or not 0 < len(sensor.strip()) <= MAX_NAME_CHARACTERS:
        sensor = "attic"
    is_number = isinstance(shape.temperature, int | float) and MIN_EXAMPLE < shape.temperature < MAX_EXAMPLE
    body: dict[str, Any] = {} if for_mqtt else {"sensor_id": sensor, "measured_at": EXAMPLE_TIME}
    body["temperature"] = round(shape.temperature, 6) if is_number else 21.5
    try:
        unit = parse_unit(shape.unit) if isinstance(shape.unit, str) else Unit.CELSIUS
    except UnknownUnit:
        unit = Unit.CELSIUS
    return json.dumps(body if unit is Unit.CELSIUS else body | {"unit": unit.value})


def recognise(content: Any) -> Shape | None:
    """Return what the content of a JSON body is, if it is known and no reading."""
    if isinstance(content, list):
        return _array(content)
    if not isinstance(content, dict):
        return None
    return next((shape for recogniser in _RECOGNISERS if (shape := recogniser(content))), None)


def _array(items: list[Any]) -> Shape | None:
    objects = [item for item in items if isinstance(item, dict)]
    if not objects:
        number = next((item for item in items if isinstance(item, int | float)), None)
        return Shape(f"an array of {len(items)}", None, number) if items else None
    if any("v" in item and ("n" in item or "bn" in item) for item in objects):
        return Shape("a SenML pack", *_senml_values(objects))
    first = recognise(objects[0])
    found = first[1:] if first else (_first(objects[0], "sensor_id", "id"), _number(objects[0]), None)
    return Shape(f"an array of {len(items)}, of which each is a message of its own", *found)


def _senml_values(records: list[dict[str, Any]]) -> tuple[Any, Any, Any]:
    record = next((record for record in records if record.get("u") in ("Cel", "K")), records[0])
    return _first(record, "n"), record.get("v"), record.get("u")


def _tasmota(content: dict[str, Any]) -> Shape | None:
    status = content.get("StatusSNS")
    content = status if isinstance(status, dict) else content
    for name, part in content.items():
        if isinstance(part, dict) and isinstance(part.get("Temperature"), int | float):
            return Shape("a message of Tasmota", name, part["Temperature"], content.get("TempUnit"))
    return Shape("a message of Tasmota") if isinstance(status, dict) else None


def _the_things_stack(content: dict[str, Any]) -> Shape | None:
    uplink = content.get("uplink_message")
    if not isinstance(uplink, dict):
        return None
    device = _inside(content, "end_device_ids").get("device_id")
    return Shape("an uplink of The Things Stack", device, _number(_inside(uplink, "decoded_payload")))


def _chirpstack(content: dict[str, Any]) -> Shape | None:
    device = _inside(content, "deviceInfo")
    if not device:
        return None
    return Shape("an uplink of ChirpStack", device.get("deviceName"), _number(_inside(content, "object")))


def _shelly(content: dict[str, Any]) -> Shape | None:
    name = "a status of Shelly"
    parts = [content, *(part for part in content.values() if isinstance(part, dict))]
    for part in [*parts, *_inside(content, "params").values()]:
        if isinstance(part, dict) and "tC" in part:
            return Shape(name, content.get("src"), part["tC"])
    if is_status := str(content.get("method", "")).startswith("Notify"):
        return Shape(name, content.get("src"))
    return Shape(name) if is_status or "wifi_sta" in content else None


def _zigbee2mqtt(content: dict[str, Any]) -> Shape | None:
    if "linkquality" not in content:
        return None
    return Shape("a device's state of Zigbee2MQTT", None, _number(content))


def _thingsboard(content: dict[str, Any]) -> Shape | None:
    values = _inside(content, "values")
    return Shape("telemetry of ThingsBoard", None, _number(values)) if values and "ts" in content else None


def _senml(content: dict[str, Any]) -> Shape | None:
    is_record = "v" in content and ("n" in content or "bn" in content)
    return Shape("a SenML record", *_senml_values([content])) if is_record else None


def _home_assistant(content: dict[str, Any]) -> Shape | None:
    if not isinstance(content.get("state"), str) or not content.keys() & {"entity_id", "attributes"}:
        return None
    unit = _inside(content, "attributes").get("unit_of_measurement")
    return Shape("a state of Home Assistant", content.get("entity_id"), _to_number(content["state"]), unit)


def _device_shadow(content: dict[str, Any]) -> Shape | None:
    state = _inside(content, "state")
    if not state.keys() & {"reported", "desired", "delta"}:
        return None
    reported = _number(_inside(state, "reported"))
    what = "a device shadow of AWS IoT" if reported is not None else "a device shadow without a measurement"
    return Shape(what, None, reported)


def _opc_ua(content: dict[str, Any]) -> Shape | None:
    if "Value" not in content or not content.keys() & {"SourceTimestamp", "StatusCode", "Body"}:
        return None
    value = content["Value"]
    return Shape("a data value of OPC UA", None, value.get("Body") if isinstance(value, dict) else value)


def _netatmo(content: dict[str, Any]) -> Shape | None:
    data = _inside(content, "dashboard_data")
    return Shape("a module of Netatmo", content.get("module_name"), _number(data)) if data else None


def _telegraf(content: dict[str, Any]) -> Shape | None:
    fields = _inside(content, "fields")
    if not fields or "tags" not in content:
        return None
    number = _number(fields)
    return Shape("a metric of Telegraf", None, fields.get("value") if number is None else number)


def _named_otherwise(content: dict[str, Any]) -> Shape | None:
    if isinstance(content.get("temperature"), int | float):
        return None
    for name, value in content.items():
        if isinstance(value, int | float) and _may_be_temperature(name, value):
            unit = find_clear_unit(name) or _first(content, "unit", "units", "unit_of_measurement")
            sensor = next((content[each] for each in content if is_sensor_name(each)), None)
            return Shape(f"a number under the name {name[:MAX_NAME_CHARACTERS]!r}", sensor, value, unit)
    return None


def _may_be_temperature(name: str, value: float) -> bool:
    if name in {"t", "T", "tmp"}:  # not a time
        return MIN_EXAMPLE < value < MAX_EXAMPLE
    is_temperature = meaning_of(name) in {Meaning.TEMPERATURE, Meaning.TEMPERATURE_IN_UNIT}
    return is_temperature or name in {"value", "val", "state"}


def _list_inside(content: dict[str, Any]) -> Shape | None:
    for name, part in content.items():
        objects = [item for item in part if isinstance(item, dict)] if isinstance(part, list) else []
        if objects and (shape := _array(objects)):
            description = f"an object with {shape.description} inside {name[:MAX_NAME_CHARACTERS]!r}"
            return shape._replace(description=description)
    return None


def _nested(content: dict[str, Any]) -> Shape | None:
    for name, part in content.items():
        if not isinstance(part, dict):
            continue
        number = part.get("value") if meaning_of(name) is Meaning.TEMPERATURE else _number(part)
        if isinstance(number, int | float):
            return Shape(
                f"an object whose temperature is inside {name[:MAX_NAME_CHARACTERS]!r}",
                _first(part, "sensor_id", "id"),
                number,
                _first(part, "unit", "units"),
            )
    return None


_RECOGNISERS: tuple[Callable[[dict[str, Any]], Shape | None], ...] = (
    _the_things_stack,
    _chirpstack,
    _netatmo,
    _telegraf,
    _tasmota,
    _shelly,
    _zigbee2mqtt,
    _thingsboard,
    _senml,
    _home_assistant,
    _device_shadow,
    _opc_ua,
    _named_otherwise,
    _nested,
    _list_inside,
)


def _inside(content: dict[str, Any], name: str) -> dict[str, Any]:
    part = content.get(name)
    return part if isinstance(part, dict) else {}


def _first(content: dict[str, Any], *names: str) -> Any:
    return next((content[name] for name in names if name in content), None)


def _number(content: dict[str, Any]) -> Any:
    """Return the first number in the content that is a temperature by its name."""
    return next(_numbers(content), None)


def _numbers(content: dict[str, Any]) -> Iterator[float]:
    for name, value in content.items():
        if meaning_of(name) in {Meaning.TEMPERATURE, Meaning.TEMPERATURE_IN_UNIT} and (
            isinstance(value, int | float) and not isinstance(value, bool)
        ):
            yield value


def _to_number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None

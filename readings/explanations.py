"""Why a body is no reading, for people: the first problem, what it is, and what to send in its place."""

import json
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from readings.encodings import SEND_JSON, find_number, find_problem
from readings.errors import DeadLetterReason, InvalidField, InvalidReading
from readings.meanings import Meaning, is_sensor_name, meaning_of
from readings.payload import SENSOR_FIELDS, TEMPERATURE_FIELDS, TIME_FIELDS
from readings.shapes import Shape, example_body, recognise
from readings.times import describe_invalid, format_timestamp, since_1970
from runtime.text import escape_unprintable, quote_name, quote_value
from runtime.validation_messages import validation_message

NO_TIMESTAMP_HINT = (
    ", and the broker set no timestamp on the message: send measured_at in the body, or let the broker set "
    "one (message_interceptors.incoming.set_header_timestamp.overwrite = false, from RabbitMQ 3.12 on)"
)
ALIASES = {
    "sensor_id": set(SENSOR_FIELDS),
    "measured_at": set(TIME_FIELDS),
    "temperature": set(TEMPERATURE_FIELDS),
}
_MEANINGS: dict[str, tuple[Meaning, ...]] = {
    "sensor_id": (Meaning.SENSOR,),
    "measured_at": (Meaning.TIME, Meaning.TIME_OF_DEVICE),
}
FIELD_BY_ALIAS = {alias: field for field, aliases in ALIASES.items() for alias in aliases}


def explain(error: ValidationError, body: bytes, *, for_mqtt: bool) -> InvalidReading:
    """Describe the first validation error, or the missing fields, naming them as the current format does."""
    errors = error.errors(include_url=False, include_input=True)
    first = errors[0]
    if first["type"].startswith("datetime"):
        problem = describe_invalid(str(first["input"]))
    else:
        problem = escape_unprintable(validation_message(first)).removeprefix("must be JSON: ")
    value = quote_value(first["input"])
    if first["type"] == "json_invalid":
        return _explain_not_json(body, value, problem, for_mqtt=for_mqtt)
    field = _field_of(first)
    if not field:
        return _explain_no_object(first["input"], value, for_mqtt=for_mqtt)
    if first["type"] == "missing" and for_mqtt and field == "measured_at":
        return InvalidField(f"{field} is missing{NO_TIMESTAMP_HINT}")
    if field == "measured_at" and (moment := since_1970(first["input"])):
        problem = f'must be an ISO 8601 time: send "{format_timestamp(moment)}"'
    missing = [_field_of(each) for each in errors if each["type"] == "missing"]
    detail = _all_missing(missing) if field in missing else f"{field} is {value}: {problem}"
    content = _load(body)
    shape = recognise(content) or (_number_as_text(first["input"]) if field == "temperature" else None)
    if shape is None:
        return InvalidField(detail + "".join(_misnamed(content, each) for each in missing))
    return InvalidField(
        f"{detail}; this is {shape.description}: send {example_body(shape, for_mqtt=for_mqtt)}"
    )


def _field_of(error: ErrorDetails) -> str:
    """Return the field that the error is about, as the current format calls it; empty for the body itself."""
    name = str(error["loc"][0]) if error["loc"] else ""
    return FIELD_BY_ALIAS.get(name, name)


def _all_missing(fields: list[str]) -> str:
    if len(fields) == 1:
        return f"{fields[0]} is missing"
    return f"{', '.join(fields[:-1])} and {fields[-1]} are missing"


def _number_as_text(value: Any) -> Shape | None:
    number = find_number(value) if isinstance(value, str) else None
    return Shape("a number as text", None, *number) if number else None


def _misnamed(content: Any, field: str) -> str:
    """Return how to call a field that is missing, if it has another name."""
    meanings = _MEANINGS.get(field, ())
    names = content if isinstance(content, dict) and not content.keys() & ALIASES.get(field, set()) else ()
    name = next(
        (n for n in names if meaning_of(n) in meanings or (field == "sensor_id" and is_sensor_name(n))),
        None,
    )
    return f"; {quote_name(name)} is not read: call it {field}" if name else ""


def _explain_not_json(body: bytes, value: str, problem: str, *, for_mqtt: bool) -> InvalidReading:
    detail = f"the body {value} is not JSON: {problem}"
    # json would recurse up to Python's limit, where a garbage collection makes any finalizer fail.
    is_too_deep = problem.startswith("recursion limit")
    if not is_too_deep and (found := find_problem(body)):
        example = example_body(Shape("", None, found.temperature, found.unit), for_mqtt=for_mqtt)
        detail = f"the body {value} is {found.description}: {found.hint} {example}"
    elif not body.lstrip().startswith((b"{", b"[")):  # of JSON with a mistake, the problem says where it is
        detail += f"; {SEND_JSON} {example_body(Shape(''), for_mqtt=for_mqtt)}"
    return InvalidReading(DeadLetterReason.NOT_JSON, detail)


def _explain_no_object(content: Any, value: str, *, for_mqtt: bool) -> InvalidReading:
    expected = "a number or a JSON object" if for_mqtt else "a JSON object"
    detail = f"the body {value} is not {expected}"
    shape = recognise(content)
    if isinstance(content, str) and isinstance(_load(content), dict):
        shape = Shape("JSON encoded twice")
    elif isinstance(content, str):
        shape = _number_as_text(content) or shape
    elif isinstance(content, int | float) and not isinstance(content, bool):
        shape = Shape("not a JSON object, but a number, which is accepted by MQTT only", None, content)
    if shape:
        detail = f"the body {value} is {shape.description}: send {example_body(shape, for_mqtt=for_mqtt)}"
    return InvalidField(detail)


def _load(body: bytes | str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None

"""Parse the lines that the services log, in both formats of runtime/logs.py."""

import ast
import json
import math
import re
from datetime import datetime
from typing import Any, NamedTuple

from runtime.logs import EVENT_WIDTH

CONSOLE_LINE = re.compile(
    r"(?P<timestamp>\d{4}-\d\d-\d\dT\S+) \[(?P<level>[a-z]+) *\](?: (?P<rest>.*))?", re.DOTALL
)
NEXT_PAIR = r"(?= [A-Za-z_]\w*=|\Z)"
EVENT_END = re.compile(rf"(?: \[(?P<logger>[^\[\]= ]+)\])?{NEXT_PAIR}")
QUOTED = r"'(?:[^'\\]|\\.)*+'|" + r'"(?:[^"\\]|\\.)*+"'
# A value is a bare word or a Python repr, which quotes every string that contains a separator.
PAIR = re.compile(rf" (?P<key>[A-Za-z_]\w*)=(?P<value>(?:{QUOTED}|[^'\"])*?){NEXT_PAIR}", re.DOTALL)
NUMBER = re.compile(r"-?\d{1,300}(?P<fraction>\.\d+)?(?P<exponent>e[+-]\d+)?")
CONSTANTS = {"True": True, "False": False, "None": None}
LITERAL_STARTS = frozenset("'\"[{(")
STRING_FIELDS = frozenset({"sensor"})  # an ID stays a string even if it looks like a number


class LogEvent(NamedTuple):
    """One log event of a service, with its other fields in `details`."""

    service: str
    timestamp: datetime
    level: str
    event: str
    details: dict[str, Any]


def parse_line(line: str, service: str) -> LogEvent | None:
    """Parse a line of either format; return None if it is not an event.

    The console format does not quote a string such as 1.5 or None, so it is parsed as that number or
    constant. The field `sensor` always stays a string.
    """
    fields = _json_fields(line) if line.startswith("{") else _console_fields(line)
    text, level, event = (fields.pop(name, None) for name in ("timestamp", "level", "event"))
    timestamp = _parse_timestamp(text)
    if timestamp is None or not isinstance(level, str) or not isinstance(event, str):
        return None
    return LogEvent(str(fields.pop("service", service)), timestamp, level, event, fields)


def _parse_timestamp(text: Any) -> datetime | None:
    try:
        timestamp = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return timestamp if timestamp.tzinfo else None


def _json_fields(line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line, parse_constant=str, parse_float=_finite_or_text)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _console_fields(line: str) -> dict[str, Any]:
    match = CONSOLE_LINE.fullmatch(line)
    if match is None:
        return {}
    event, details = _split_event(match["rest"] or "")
    return details | {"timestamp": match["timestamp"], "level": match["level"], "event": event.rstrip(" ")}


def _split_event(rest: str) -> tuple[str, dict[str, Any]]:
    """Split the event from its fields, which start at EVENT_WIDTH or later because the event is padded."""
    end = EVENT_END.search(rest, min(EVENT_WIDTH, len(rest)))
    details = _parse_pairs(rest, end.end()) if end else None
    if end is None or details is None:  # a message of a library that contains a quotation mark
        return rest, {}
    logger = {"logger": end["logger"]} if end["logger"] else {}
    return rest[: end.start()], logger | details


def _parse_pairs(text: str, start: int) -> dict[str, Any] | None:
    details = {}
    while start < len(text):
        pair = PAIR.match(text, start)
        if pair is None:
            return None
        details[pair["key"]] = _parse_value(pair["key"], pair["value"])
        start = pair.end()
    return details


def _parse_value(key: str, text: str) -> Any:
    if text[:1] in LITERAL_STARTS and text:
        return _parse_literal(text)
    if key in STRING_FIELDS:
        return text
    if text in CONSTANTS:
        return CONSTANTS[text]
    if number := NUMBER.fullmatch(text):
        value = float(text) if number["fraction"] or number["exponent"] else int(text)
        return value if repr(value) == text else text
    return text


def _parse_literal(text: str) -> Any:
    """Return the value of a repr if JSON can represent it, otherwise the text."""
    try:
        value = ast.literal_eval(text)
        return json.loads(json.dumps(value, allow_nan=False)) if repr(value) == text else text
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text


def _finite_or_text(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text

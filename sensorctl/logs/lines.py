"""Reads the lines that the services log, in either of their two formats (runtime/logs.py)."""

import ast
import json
import math
import re
from datetime import datetime
from typing import Any, NamedTuple

from runtime.logs import EVENT_WIDTH

BEGINNING = re.compile(r"(?P<at>\d{4}-\d\d-\d\dT\S+) \[(?P<level>[a-z]+) *\](?: (?P<rest>.*))?", re.DOTALL)
PAIR_FOLLOWS = r"(?= [A-Za-z_]\w*=|\Z)"
TAIL = re.compile(rf"(?: \[(?P<logger>[^\[\]= ]+)\])?{PAIR_FOLLOWS}")
QUOTED = r"'(?:[^'\\]|\\.)*+'|" + r'"(?:[^"\\]|\\.)*+"'
# A value that is no bare word is Python's repr of it, in which what could mislead is quoted.
PAIR = re.compile(rf" (?P<key>[A-Za-z_]\w*)=(?P<value>(?:{QUOTED}|[^'\"])*?){PAIR_FOLLOWS}", re.DOTALL)
NUMBER = re.compile(r"-?\d{1,300}(?P<fraction>\.\d+)?(?P<exponent>e[+-]\d+)?")
CONSTANTS = {"True": True, "False": False, "None": None}
OPENING = frozenset("'\"[{(")
TEXTS = frozenset({"sensor"})  # a name, whatever it looks like


class LogEvent(NamedTuple):
    """One event of a service; `details` is whatever else the line says."""

    service: str
    at: datetime
    level: str
    event: str
    details: dict[str, Any]


def parse(line: str, service: str) -> LogEvent | None:
    """The event that a line is, in either format; None when it is none.

    A bare word on the console that is just how Python writes another value, such as 1.5 or None, becomes
    that; it cannot be told apart. A `sensor` stays text.
    """
    fields = _json_fields(line) if line.startswith("{") else _console_fields(line)
    at, level, event = (fields.pop(name, None) for name in ("timestamp", "level", "event"))
    moment = _moment(at)
    if moment is None or not isinstance(level, str) or not isinstance(event, str):
        return None
    return LogEvent(str(fields.pop("service", service)), moment, level, event, fields)


def _moment(written: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _json_fields(line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line, parse_constant=str, parse_float=_finite)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _console_fields(line: str) -> dict[str, Any]:
    beginning = BEGINNING.fullmatch(line)
    if beginning is None:
        return {}
    event, details = _event_and_details(beginning["rest"] or "")
    return details | {"timestamp": beginning["at"], "level": beginning["level"], "event": event.rstrip(" ")}


def _event_and_details(rest: str) -> tuple[str, dict[str, Any]]:
    """The event fills its column at least, so that a `key=value` of its own does not mislead before that."""
    tail = TAIL.search(rest, min(EVENT_WIDTH, len(rest)))
    details = _pairs(rest, tail.end()) if tail else None
    if tail is None or details is None:  # the sentence of a library, with a quotation mark in it
        return rest, {}
    logger = {"logger": tail["logger"]} if tail["logger"] else {}
    return rest[: tail.start()], logger | details


def _pairs(text: str, start: int) -> dict[str, Any] | None:
    details = {}
    while start < len(text):
        pair = PAIR.match(text, start)
        if pair is None:
            return None
        details[pair["key"]] = _value(pair["key"], pair["value"])
        start = pair.end()
    return details


def _value(key: str, text: str) -> Any:
    if text[:1] in OPENING and text:
        return _literal(text)
    if key in TEXTS:
        return text
    if text in CONSTANTS:
        return CONSTANTS[text]
    if number := NUMBER.fullmatch(text):
        value = float(text) if number["fraction"] or number["exponent"] else int(text)
        return value if repr(value) == text else text
    return text


def _literal(text: str) -> Any:
    """What a repr means, as JSON can hold it; the text itself where that cannot be told."""
    try:
        value = ast.literal_eval(text)
        return json.loads(json.dumps(value, allow_nan=False)) if repr(value) == text else text
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text


def _finite(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text

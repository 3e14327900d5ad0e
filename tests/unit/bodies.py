"""Message bodies: a good one, and what can be done to it."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from readings.parsing import ParseContext

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
CONTEXT = ParseContext(ZoneInfo("UTC"), NOW)
MESSAGE = {"sensor_id": "kitchen", "measured_at": "2026-11-22T05:28:37Z", "temperature": 21.5}


def with_fields(**changed: Any) -> bytes:
    """The good message with these fields."""
    return json.dumps({**MESSAGE, **changed}).encode()


def without(*names: str) -> bytes:
    """The good message without these fields."""
    return json.dumps({name: value for name, value in MESSAGE.items() if name not in names}).encode()


def with_field_renamed(name: str, new_name: str, value: Any) -> bytes:
    """The good message with a field under another dialect's name."""
    return json.dumps({**json.loads(without(name)), new_name: value}).encode()


def with_raw(name: str, text: str | bytes) -> bytes:
    """The good message with a field's value written exactly so, be it JSON or not."""
    marker = "put it here"
    body = with_fields(**{name: marker})
    return body.replace(json.dumps(marker).encode(), text if isinstance(text, bytes) else text.encode())


def filled_up_to(size: int) -> bytes:
    """The good message with as much in an unknown field as brings it to `size` bytes."""
    return with_fields(filler="x" * (size - len(with_fields(filler=""))))


def nested(depth: int, begin: str = "[", end: str = "]") -> str:
    """Brackets in brackets."""
    return begin * depth + end * depth

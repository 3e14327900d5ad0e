"""A valid message body, and functions that modify it."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from readings.parsing import ParseContext

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
CONTEXT = ParseContext(ZoneInfo("UTC"), NOW)
MESSAGE = {"sensor_id": "kitchen", "measured_at": "2026-11-22T05:28:37Z", "temperature": 21.5}


def with_fields(**changed: Any) -> bytes:
    """Return the valid body with these fields added or replaced."""
    return json.dumps({**MESSAGE, **changed}).encode()


def without(*names: str) -> bytes:
    """Return the valid body without these fields."""
    return json.dumps({name: value for name, value in MESSAGE.items() if name not in names}).encode()


def with_field_renamed(name: str, new_name: str, value: Any) -> bytes:
    """Return the valid body with a field renamed, as the older formats do."""
    return json.dumps({**json.loads(without(name)), new_name: value}).encode()


def with_raw(name: str, text: str | bytes) -> bytes:
    """Return the valid body with `text` as the value of a field, whether it is JSON or not."""
    marker = "placeholder"
    body = with_fields(**{name: marker})
    return body.replace(json.dumps(marker).encode(), text if isinstance(text, bytes) else text.encode())


def filled_up_to(size: int) -> bytes:
    """Return the valid body padded to `size` bytes with an unknown field."""
    return with_fields(filler="x" * (size - len(with_fields(filler=""))))


def nested(depth: int, begin: str = "[", end: str = "]") -> str:
    """Return brackets nested to this depth."""
    return begin * depth + end * depth

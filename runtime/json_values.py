"""Encode values as JSON that every parser accepts."""

import json
import math
from typing import Any


def dump_json(value: Any, **options: Any) -> str:
    """Encode a value as JSON, with null for what JSON lacks: NaN and infinity."""
    return json.dumps(replace_non_finite(value), allow_nan=False, **options)


def replace_non_finite(value: Any) -> Any:
    """Return the value with None for each number in it that is NaN or infinite."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {name: replace_non_finite(item) for name, item in value.items()}
        case list() | tuple():
            return [replace_non_finite(item) for item in value]
    return value

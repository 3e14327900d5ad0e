"""Text for people, also from untrusted sources."""

import json
import re
from datetime import timedelta
from typing import Any

MAX_VALUE_CHARACTERS = 60
# ZERO WIDTH NON-JOINER and JOINER within a word, which Persian, Indic scripts and emoji require.
_JOINERS = re.compile(r"(?<=[^\s\u200c\u200d])[\u200c\u200d](?=[^\s\u200c\u200d])")
_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def quantity(number: int, noun: str) -> str:
    """Return a number, its thousands separated, with its noun, in the plural unless it is one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def format_duration(duration: timedelta) -> str:
    """Return the duration in the largest unit that it contains at least twice."""
    seconds = max(0, round(duration.total_seconds()))
    unit, length = next((each for each in _UNITS if seconds >= 2 * each[1]), _UNITS[-1])
    return f"{seconds // length} {unit}"


def format_exact_duration(duration: timedelta) -> str:
    """Return a duration to the second, such as `2 d 3 h 5 min`: a figure, and not an age that goes on."""
    seconds = max(0.0, duration.total_seconds())
    remaining = round(seconds)
    if remaining == 0:
        return "< 1 s" if seconds else "0 s"
    parts = []
    for unit, length in _UNITS:
        count, remaining = divmod(remaining, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts)


def escape_unprintable(text: str) -> str:
    """Return the text with each control or other unprintable character replaced by its escape sequence."""
    if text.isprintable():
        return text
    joiners = {joiner.start() for joiner in _JOINERS.finditer(text)}
    return "".join(
        c if c.isprintable() or position in joiners else repr(c)[1:-1] for position, c in enumerate(text)
    )


def to_valid_text(value: object) -> str:
    """Return a value as text that every encoding of Unicode can hold.

    Bytes that are not UTF-8 and lone surrogates, which JSON can escape, become escape sequences.
    """
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return str(value).encode(errors="backslashreplace").decode()


def quote_value(value: Any) -> str:
    """Return the representation of a value for a message: printable, shortened, with JSON's true and null."""
    text = json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[:MAX_VALUE_CHARACTERS]}…"


def quote_name(name: str) -> str:
    """Return a name for a message: printable, and shortened."""
    return escape_unprintable(
        name if len(name) <= MAX_VALUE_CHARACTERS else f"{name[:MAX_VALUE_CHARACTERS]}…"
    )

"""Text of others, such as names and notes, as a page can show it."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

MAX_WORD = 20  # characters, after which a word may be broken
MAX_TEXT = 1000  # characters of one name or note; more would not fit into a row on one page

# Control characters, surrogates, and what is not assigned. Formatting characters are parts of words in many
# scripts, except those that reverse the direction of what follows.
_UNPRINTABLE = {"Cc", "Cs", "Cn"}
_DIRECTIONS = set(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)))
_LONG_WORD = re.compile(rf"\S{{{MAX_WORD + 1},}}")
_BREAK = "\N{ZERO WIDTH SPACE}"


def literal(text: str) -> str:
    """Return a text of others for a page: on one line, without control characters, and shortened."""
    text = " ".join(text.split())
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}…"
    text = _LONG_WORD.sub(lambda word: _breakable(word.group()), text)
    return "".join(code_point(each) if _is_unprintable(each) else each for each in text)


def code_point(character: str) -> str:
    """Return what stands for a character that cannot be shown."""
    return f"[U+{ord(character):04X}]{_BREAK}"


def replace_strings(value: Any, change: Callable[[str], str]) -> Any:
    """Return lists and dictionaries with each of their strings changed, but not the keys."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [replace_strings(item, change) for item in value]
    if isinstance(value, dict):
        return {key: replace_strings(item, change) for key, item in value.items()}
    return value


def _is_unprintable(character: str) -> bool:
    return unicodedata.category(character) in _UNPRINTABLE or character in _DIRECTIONS


def _breakable(word: str) -> str:
    """Return a long word with places where a line may end, but not within what is one letter."""
    parts: list[str] = []
    length = 0
    for character in word:
        joins = unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf", "Sk"}
        if length >= MAX_WORD and not joins and not (parts and parts[-1] == "\N{ZERO WIDTH JOINER}"):
            parts.append(_BREAK)
            length = 0
        parts.append(character)
        length += 1
    return "".join(parts)

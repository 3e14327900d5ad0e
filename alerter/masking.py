"""Removes the parts of an address from texts."""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

MASK = "***"
# Parts up to this length are removed where they are words of their own: they are also parts of other words.
MAX_WORD_CHARACTERS = 3
SEPARATORS = re.compile(r"[/:@?&,;#\s]+")


class SecretMask:
    """Replaces every part of a URL after its scheme by ***, also where it is escaped otherwise.

    Which part of an address is a secret depends on its service: the password, the topic, or all of it.
    """

    def __init__(self, url: str) -> None:
        parts = sorted(set(_parts(url)), key=len, reverse=True)
        expressions = [
            rf"(?<!\w){re.escape(part)}(?!\w)" if len(part) <= MAX_WORD_CHARACTERS else re.escape(part)
            for part in parts
        ]
        self._expression = re.compile("|".join(expressions), re.IGNORECASE) if expressions else None

    def apply(self, text: str) -> str:
        """Return the text without the parts of the URL."""
        return self._expression.sub(MASK, text) if self._expression else text


def _parts(url: str) -> Iterator[str]:
    _, _, rest = url.partition("://")
    for text in (rest, unquote(rest)):
        for part in SEPARATORS.split(text):
            # The name of an option is none of its value.
            value = part.partition("=")[2] or part
            for form in (part, value, unquote(value), quote(unquote(value), safe="")):
                if form:
                    yield form

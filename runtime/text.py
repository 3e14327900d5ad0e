"""Text from untrusted sources."""


def escape_unprintable(text: str) -> str:
    """Return the text with each control or other unprintable character replaced by its escape sequence."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def to_valid_text(value: object) -> str:
    """Return a value as text that every encoding of Unicode can hold.

    Bytes that are not UTF-8 and lone surrogates, which JSON can escape, become escape sequences.
    """
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return str(value).encode(errors="backslashreplace").decode()

"""Text from untrusted sources."""


def escape_unprintable(text: str) -> str:
    """Return the text with each control or other unprintable character replaced by its escape sequence."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)

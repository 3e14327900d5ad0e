"""Text that strangers may have written."""


def printable(text: str) -> str:
    """The text with each control or other unprintable character as its escape."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)

"""Markdown that the generators share."""

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells hold Markdown already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines) + "\n"


def code(value: object) -> str:
    """Return `value` as inline code, or nothing for an empty value."""
    text = str(value)
    return f"`{text}`" if text else ""


def codes(values: Iterable[object]) -> str:
    """Return several values as inline code, separated by commas."""
    return ", ".join(code(value) for value in values)


def punctuate(text: str) -> str:
    """Return `text` on one line, with a full stop unless it is empty."""
    flat = " ".join(text.split())
    return flat if not flat or flat.endswith((".", ":", "?")) else f"{flat}."


def anchor(title: str) -> str:
    """Return the anchor that the site gives to a heading."""
    kept = "".join(c for c in title.lower().strip() if c.isalnum() or c in " -_")
    return "-".join(kept.split())


def _cell(value: str) -> str:
    return " ".join(value.replace("|", "\\|").split())

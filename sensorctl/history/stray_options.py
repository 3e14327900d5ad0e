"""Options that click takes for the value of the option before them."""

import re
from collections.abc import Iterable

import typer

OPTION = re.compile("--[a-z]+(-[a-z]+)*")


def reject_options(values: Iterable[object]) -> None:
    """Reject a value that is an option, which click takes for the value of the one before it.

    Raises:
        typer.BadParameter: When there is one.
    """
    texts = (text for value in values for text in (value if isinstance(value, tuple) else (value,)))
    if stray := next((text for text in texts if isinstance(text, str) and OPTION.fullmatch(text)), None):
        raise typer.BadParameter(f"{stray} is an option, but the option before it requires a value")

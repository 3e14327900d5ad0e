"""Validation of text in requests."""

from typing import Annotated

from pydantic import AfterValidator

NUL = "\0"


def check_text(text: str) -> str:
    """Return the text if the database can hold it.

    Raises:
        ValueError: When the text contains U+0000.
    """
    if NUL in text:
        raise ValueError("must not contain U+0000")
    return text


Text = Annotated[str, AfterValidator(check_text)]

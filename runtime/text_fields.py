"""Text from outside that is stored: the type of its fields, and what no database can hold."""

from typing import Annotated, Any

from pydantic import AfterValidator

from runtime.text import to_valid_text

NUL = "\0"


def is_storable(text: str) -> bool:
    """Return whether the database can hold the text: it has neither U+0000 nor a lone surrogate."""
    return NUL not in text and (text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text))


def check_text(text: str) -> str:
    """Return the text if the database can hold it.

    Raises:
        ValueError: When the text contains U+0000 or a lone surrogate.
    """
    if NUL in text:
        raise ValueError("must not contain U+0000")
    if not is_storable(text):
        raise ValueError("must not contain half of a surrogate pair (U+D800 to U+DFFF)")
    return text


def check_texts(value: Any) -> None:
    """Check every text in a value of JSON, also the names of its objects.

    Raises:
        ValueError: When one contains U+0000 or a lone surrogate.
    """
    match value:
        case str():
            check_text(value)
        case dict():
            for name, item in value.items():
                check_texts(name)
                check_texts(item)
        case list() | tuple():
            for item in value:
                check_texts(item)


def to_storable(value: Any) -> Any:
    """Return a value of JSON with what the database cannot hold of its texts as escape sequences."""
    match value:
        case str():
            return value if is_storable(value) else to_valid_text(value).replace(NUL, r"\x00")
        case dict():
            return {to_storable(name): to_storable(item) for name, item in value.items()}
        case list() | tuple():
            return [to_storable(item) for item in value]
    return value


Text = Annotated[str, AfterValidator(check_text)]

"""What is wrong with a value, in the words of the user and not of the validation library."""

from collections.abc import Mapping
from typing import Any

# By pydantic's type of the error, see https://docs.pydantic.dev/latest/errors/validation_errors/.
MESSAGES = {
    "bool_parsing": "must be true or false",
    "enum": "must be {expected}",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller whole number",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "string_unicode": "must be UTF-8",
    # Of a secret, whose length pydantic counts in items.
    "too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} characters",
}


def validation_message(detail: Mapping[str, Any]) -> str:
    """Return the message of one of pydantic's error details; a validator's own message stays."""
    context = {name: _format(value) for name, value in detail.get("ctx", {}).items()}
    template = MESSAGES.get(str(detail["type"]))
    return template.format(**context) if template else str(detail["msg"]).removeprefix("Value error, ")


def _format(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value

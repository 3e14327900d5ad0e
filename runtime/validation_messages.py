"""What is wrong with a value, in the words of the user and not of the validation library."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from runtime.errors import InvalidInput

_TIME = "must be an ISO 8601 time such as 2026-11-22T05:28:37Z"
_UUID = "must be a UUID such as 019309a1-7c5e-7cc3-98c4-dc0c0c07398f"
# By pydantic's type of the error, see https://docs.pydantic.dev/latest/errors/validation_errors/.
MESSAGES = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "dataclass_type": "must be an object",
    "datetime_from_date_parsing": _TIME,
    "datetime_object_invalid": _TIME,
    "datetime_parsing": _TIME,
    "datetime_type": _TIME,
    "enum": "must be {expected}",
    "extra_forbidden": "is not known",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller whole number",
    "int_type": "must be a whole number",
    "json_invalid": "must be JSON: {error}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be an array",
    "literal_error": "must be {expected}",
    "missing": "is missing",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "path_type": "must be a path",
    "string_pattern_mismatch": "must match {pattern}",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "string_type": "must be text",
    "string_unicode": "must be UTF-8",
    # Of a list, or of a secret, whose length pydantic counts in items.
    "too_long": "must have at most {max_length} {things}",
    "too_short": "must have at least {min_length} {things}",
    "tuple_type": "must be an array",
    "timezone_aware": "must have its UTC offset, such as 2026-11-22T05:28:37Z",
    "uuid_parsing": _UUID,
    "uuid_type": _UUID,
}


def validation_message(detail: Mapping[str, Any]) -> str:
    """Return the message of one of pydantic's error details; a validator's own message stays."""
    context = {name: _format(value) for name, value in detail.get("ctx", {}).items()}
    context["things"] = "items" if context.get("field_type") in ("List", "Tuple") else "characters"
    template = MESSAGES.get(str(detail["type"]))
    return template.format(**context) if template else str(detail["msg"]).removeprefix("Value error, ")


def to_invalid_input(error: ValidationError) -> InvalidInput:
    """Return the first problem of an input with its field, if it is that of a field."""
    detail: dict[str, Any] = dict(error.errors()[0])
    return InvalidInput(validation_message(detail), str(next(iter(detail["loc"]), "")))


def _format(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value

"""Errors of options and arguments, in this project's words: what was given, and what is allowed."""

from typing import Any

import typer
from pydantic import ValidationError

from runtime.text import escape_unprintable
from runtime.validation_messages import validation_message

_EXTRA_ARGUMENTS = "Got unexpected extra argument"


class OptionError(typer.BadParameter):
    """An option or an argument that is missing or invalid, as in `--limit: 'many' must be a whole number`."""

    def format_message(self) -> str:
        """Return the message with the name of the option."""
        hint = self.param_hint or (self.param.get_error_hint() if self.param else None)
        names = [hint] if isinstance(hint, str) else list(hint or ())
        prefix = " / ".join(name.strip("'") for name in names)
        return escape_unprintable(f"{prefix}: {self.message}" if prefix else self.message)


def reword(error: Any) -> Any:
    """Return the error of typer in this project's words."""
    if isinstance(error, typer.BadParameter):
        return OptionError(_message(error), ctx=error.ctx, param=error.param, param_hint=error.param_hint)
    if error.message.startswith(_EXTRA_ARGUMENTS):
        error.message = _extra_arguments(error)
    return error


def _message(error: typer.BadParameter) -> str:
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        detail: dict[str, Any] = dict(cause.errors()[0])
        problem = validation_message(detail)
        given = f"{detail['input']!r}"
        return problem if problem.startswith(given) else f"{given} {problem}"
    if not error.message:
        meaning = getattr(error.param, "help", None)
        return f"is missing: {meaning}" if meaning else "is missing"
    return error.message


def _extra_arguments(error: Any) -> str:
    """Return which arguments the command takes, instead of those that are too many."""
    parameters = (p for p in error.ctx.command.params if p.param_type_name == "argument")
    names = [p.metavar or p.name.upper() for p in parameters]
    extra = error.message.partition("(")[2].partition("(")[2].removesuffix(")")
    takes = f"takes {' '.join(names)}" if names else "takes no argument"
    return f"too many arguments ({extra}): the command {takes}; everything else is an option"

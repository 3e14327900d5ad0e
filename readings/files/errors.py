"""Why a file or a row cannot be read."""

from typing import Any, NamedTuple

from readings.files.problems import Problem


class UnreadableFile(Exception):
    """The file cannot be read as it is; the message says why and what to do."""


class Choice(NamedTuple):
    """A way to read a file, and the options of CsvOptions that say so, as a job's spec has them."""

    label: str
    options: dict[str, Any]


class Ambiguity(NamedTuple):
    """What is not clear: the option that decides it, and its values; none if any value is an answer."""

    option: str
    choices: tuple[Choice, ...] = ()


class AmbiguousLookup(LookupError):
    """A column or its meaning is not clear; the message is the reason."""

    def __init__(self, message: str, ambiguity: Ambiguity) -> None:
        super().__init__(message)
        self.ambiguity = ambiguity


class AmbiguousFile(UnreadableFile):
    """The file can be read in several ways, and is read in none of them until somebody chooses.

    Without `choices`, any value of `option` is an answer.
    """

    def __init__(self, message: str, option: str, choices: tuple[Choice, ...] = ()) -> None:
        super().__init__(message)
        self.option = option
        self.choices = choices


class AmbiguousTable(AmbiguousFile):
    """Columns, or what the header says of them, are not clear; perhaps it is no table of readings at all."""


class InvalidRow(Exception):
    """A row is invalid; the message is the reason. With `ambiguity`, an option says what it means."""

    def __init__(
        self, message: str, problem: Problem = Problem.INVALID, ambiguity: Ambiguity | None = None
    ) -> None:
        super().__init__(message)
        self.problem = problem
        self.ambiguity = ambiguity


class ExcludedValue(Exception):
    """A value that is left out and counted; the message is the reason."""

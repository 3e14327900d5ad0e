"""Why a file or a row cannot be read."""

from typing import NamedTuple

from readings.files.problems import Problem


class UnreadableFile(Exception):
    """The file cannot be read as it is; the message says why and what to do."""


class Choice(NamedTuple):
    """A way to read a file, and the options of CsvOptions that say so, as a job's spec has them."""

    label: str
    options: dict[str, str | list[str]]


class AmbiguousFile(UnreadableFile):
    """The file can be read in several ways, and is read in none of them until somebody chooses.

    Without `choices`, any value of `option` is an answer.
    """

    def __init__(self, message: str, option: str, choices: tuple[Choice, ...] = ()) -> None:
        super().__init__(message)
        self.option = option
        self.choices = choices


class InvalidRow(Exception):
    """A row is invalid; the message is the reason."""

    def __init__(self, message: str, problem: Problem = Problem.INVALID) -> None:
        super().__init__(message)
        self.problem = problem


class ExcludedValue(Exception):
    """A value that is left out and counted; the message is the reason."""

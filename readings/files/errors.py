"""Why a file or a row cannot be read."""

from readings.files.problems import Problem


class UnreadableFile(Exception):
    """The file cannot be read as it is; the message says why and what to do."""


class InvalidRow(Exception):
    """A row is invalid; the message is the reason."""

    def __init__(self, message: str, problem: Problem = Problem.INVALID) -> None:
        super().__init__(message)
        self.problem = problem


class ExcludedValue(Exception):
    """A value that is left out and counted; the message is the reason."""

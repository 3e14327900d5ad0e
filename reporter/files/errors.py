"""Why no report can be made of a file."""

from collections.abc import Sequence

from readings.files.option_values import name_as_fields


class FileRefused(Exception):
    """The file goes to the folder for errors, with a text: the reason, and what is wrong line by line."""

    def __init__(self, reason: str, lines: Sequence[str] = ()) -> None:
        reason = name_as_fields(reason)
        self.reason = reason if reason.endswith((".", ":")) else f"{reason}."
        super().__init__(self.reason)
        self.lines = tuple(lines)

    @property
    def text(self) -> str:
        """The text for people."""
        return "\n".join((self.reason, *self.lines)) + "\n"

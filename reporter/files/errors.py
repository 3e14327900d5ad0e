"""Why no report can be made of a file."""

from collections.abc import Sequence


class FileRefused(Exception):
    """The file goes to the folder for errors, with a text: the reason, and what is wrong line by line."""

    def __init__(self, reason: str, lines: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lines = tuple(lines)

    @property
    def text(self) -> str:
        """The text for people."""
        return "\n".join((self.reason, *self.lines)) + "\n"

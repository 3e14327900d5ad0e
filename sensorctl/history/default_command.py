"""A command group whose first argument may be a file: `sensorctl import FILE`, `sensorctl import undo ID`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from typer.core import TyperGroup

DEFAULT_COMMAND = "file"
# typer keeps its own copy of click and does not export the classes of commands and contexts.
Command = Any


class _Commands(dict[str, Command]):
    """The commands by their names; any other word is the argument of the default command."""

    def __init__(self, commands: Mapping[str, Command], default_command: str) -> None:
        super().__init__(commands)
        self._default_command = default_command

    def __missing__(self, name: str) -> Command:
        return self[self._default_command]


class DefaultCommandGroup(TyperGroup):
    """A group in which arguments that start with no command's name are those of one command, `file`."""

    default_command: ClassVar[str] = DEFAULT_COMMAND

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = _Commands(self.commands, self.default_command)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Insert the name of the default command where none is given."""
        if not ctx.resilient_parsing and (not args or args[0] not in self.commands):
            args = [self.default_command, *args]
        return super().parse_args(ctx, args)

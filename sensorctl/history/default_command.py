"""A command group whose first argument may be a file: `sensorctl import FILE`, `sensorctl import undo ID`."""

from typing import Any

from typer.core import TyperGroup

DEFAULT_COMMAND = "file"
# typer keeps its own copy of click and does not export the classes of commands and contexts.
Command = Any


class _Commands(dict[str, Command]):
    """The commands by their names; any other word is the argument of the default command."""

    def __missing__(self, name: str) -> Command:
        return self[DEFAULT_COMMAND]


class DefaultCommandGroup(TyperGroup):
    """A group in which arguments that start with no command's name are those of `file`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = _Commands(self.commands)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Insert the name of the default command where none is given."""
        if not ctx.resilient_parsing and (not args or args[0] not in self.commands):
            args = [DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)

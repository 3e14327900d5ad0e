"""A command group that imports a command's module when that command runs.

Database, broker and terminal libraries take most of the second that a start of the program would cost.
"""

import copy
import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

# typer keeps its own copy of click and does not export the classes of commands, contexts and errors.
Command = Any
UsageError: Any = typer.BadParameter.__mro__[1]


class CommandEntry(NamedTuple):
    """A command: where its function or its `typer.Typer` is, and its line in the list of commands."""

    module: str
    attribute: str
    help: str


class LazyCommands(dict[str, Command]):
    """The commands by their names; a value is imported when it is looked up for the first time."""

    def __init__(self, entries: Mapping[str, CommandEntry]) -> None:
        super().__init__(dict.fromkeys(entries))
        self._entries = entries

    def __getitem__(self, name: str) -> Command:
        if super().__getitem__(name) is None:
            self[name] = _load(name, self._entries[name])
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the command, or the default where there is none of this name."""
        return self[name] if name in self else default  # noqa: SIM401 (dict.get reads no missing command)

    def items(self) -> Any:
        """Return all names and commands, which imports them all."""
        return [(name, self[name]) for name in self]

    def values(self) -> Any:
        """Return all commands, which imports them all."""
        return [self[name] for name in self]


class LazyGroup(TyperGroup):
    """A group whose subclass lists its commands in `entries`."""

    entries: ClassVar[Mapping[str, CommandEntry]]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"commands": None})
        self.commands = LazyCommands(self.entries)

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, in their order in the table."""
        del ctx
        return list(self.entries)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; its errors of options are in this project's words."""
        try:
            return super().invoke(ctx)
        except UsageError as error:
            # With what explains errors, pydantic is imported.
            reworded = import_module("sensorctl.usage_errors").reword(error)
            raise reworded from error

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help with the lines of the table instead of importing every command for its own."""
        summary = copy.copy(self)
        summary.commands = {name: TyperCommand(name, help=entry.help) for name, entry in self.entries.items()}
        super(LazyGroup, summary).format_help(ctx, formatter)


def _load(name: str, entry: CommandEntry) -> Command:
    target = getattr(import_module(entry.module), entry.attribute)
    if not isinstance(target, typer.Typer):
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        # The help ends before what its docstring says to those who call it from Python.
        app.command(name, help=(inspect.getdoc(target) or "").partition("\n\nRaises:")[0])(target)
        target = app
    command = typer.main.get_command(target)
    command.name = name
    return command

"""The page of `sensorctl`, generated from the command's own help."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from scripts.docs.markdown import code, table
from sensorctl.program import app

NAME = "sensorctl"
INTRODUCTION = f"""# Command line

`{NAME}` operates the running system. It finds the native stack or the Compose stack by itself, or connects
to the servers that the `RABBITMQ_*` and `POSTGRES_*` [variables](environment-variables.md) name.

- With Docker: `docker compose run --rm {NAME} COMMAND`. Add `-T` when standard input or output is a file or
  a pipe.
- Without Docker: `.venv/bin/{NAME} COMMAND`.

The [exit code](exit-codes.md) says whether the command succeeded. `{NAME} COMMAND --help` prints the same
text as this page.

"""
# typer keeps its own copy of click and does not export the classes of commands and contexts.
Command = Any
Context = Any


def page() -> str:
    """Return the whole page."""
    root: Command = typer.main.get_command(app)
    commands = list(_commands(root, NAME, None))
    overview = table(
        ("Command", "Purpose"),
        ((f"[`{name}`](#{name.replace(' ', '-')})", _first_line(command)) for name, command, _ in commands),
    )
    return INTRODUCTION + overview + "".join(_section(*entry) for entry in commands)


def _commands(group: Command, name: str, parent: Context) -> Iterator[tuple[str, Command, Context]]:
    context = group.make_context(name, [], parent=parent, resilient_parsing=True)
    subcommands: Mapping[str, Command] = getattr(group, "commands", {})
    if not subcommands or group.invoke_without_command:
        yield name, group, context
    for word, command in subcommands.items():
        yield from _commands(command, f"{name} {word}", context)


def _first_line(command: Command) -> str:
    return str(command.help or "").strip().split("\n")[0]


def _section(name: str, command: Command, context: Context) -> str:
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    records = [record for param in command.get_params(context) if (record := param.get_help_record(context))]
    parameters = table(("Parameter", "Meaning"), ((code(names), text) for names, text in records))
    heading = f"## `{name}` {{ #{name.replace(' ', '-')} }}"
    return f"\n{heading}\n\n{command.help}\n\n```text\n{usage}\n```\n\n{parameters}"

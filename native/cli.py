"""`python -m native`: the native stack's verbs."""

import os
import shutil
import sys
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table

from native import control
from native.settings import StackSettings, read_settings
from native.stack import Stack
from native.state import read_state
from native.supervision import Supervision
from native.up import up as bring_up
from runtime import lifecycle, logs
from runtime.errors import ConfigurationError, ServiceUnavailable

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The native stack, without Docker.")


def main() -> None:
    """The entry point: errors become a sentence and an exit code."""
    try:
        app()
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        sys.exit(lifecycle.EXIT_CONFIGURATION)
    except ServiceUnavailable as error:
        print(error, file=sys.stderr)
        sys.exit(lifecycle.EXIT_UNAVAILABLE)


@app.command()
def up() -> None:
    """Start everything in the background, or show where it runs. PIPELINES sets the number of consumers."""
    bring_up(read_settings(), Console())


@app.command()
def down() -> None:
    """Stop everything in order; the data stays."""
    settings = read_settings()
    with control.one_at_a_time(settings.layout):
        stopped = control.stop_supervisor(settings.layout)
    print("The native stack is down; its data stays." if stopped else "The native stack was not running.")


@app.command()
def clean() -> None:
    """Stop everything and remove its data."""
    layout = read_settings().layout
    with control.one_at_a_time(layout):
        control.stop_supervisor(layout)
        shutil.rmtree(layout.directory)
    print(f"Removed {layout.directory}.")


@app.command()
def status() -> None:
    """What runs, since when, and how often it was restarted. Exit code 1 when nothing does."""
    layout = read_settings().layout
    state = read_state(layout.state_file)
    if state is None or not state.supervisor_alive():
        print("The native stack is not running.")
        raise typer.Exit(lifecycle.EXIT_FAILURE)
    table = Table(title=f"native stack: {state.phase.value} {state.detail}".rstrip(), title_justify="left")
    for heading in ("program", "state", "pid", "port", "restarts", "last exit", "since"):
        table.add_column(heading)
    for one in state.services:
        cells = (one.name, one.state.value, one.pid, one.port, one.restarts, one.last_exit, _ago(one.since))
        table.add_row(*("" if cell is None else str(cell) for cell in cells))
    Console().print(table)


@app.command("logs")
def follow_logs() -> None:
    """Follow all logs."""
    files = sorted(map(str, read_settings().layout.logs.glob("*.log")))
    if not files:
        raise ServiceUnavailable("There are no logs yet: make up")
    os.execvp("tail", ["tail", "-n", "5", "-F", *files])  # noqa: S606 (becomes tail, so that Ctrl-C is its own)


@app.command()
def psql() -> None:
    """Open the stack's database."""
    stack = _running_stack(read_settings())
    address = [
        "-h",
        "127.0.0.1",
        "-p",
        str(stack.postgres.port),
        "-U",
        stack.postgres.user,
        stack.postgres.database,
    ]
    command = [str(stack.postgres.binaries / "psql"), *address]
    os.execve(command[0], command, {**os.environ, "PGPASSWORD": stack.postgres.password})  # noqa: S606


@app.command(hidden=True)
def supervise() -> None:
    """The background process that `up` starts."""
    logs.configure_logging("info", "console")
    stack = Stack(read_settings())
    raise typer.Exit(lifecycle.run(lambda stop: Supervision(stack, stop).run()))


def _running_stack(settings: StackSettings) -> Stack:
    if control.running_state(settings.layout) is None:
        raise ServiceUnavailable("The native stack is not running: make up")
    return Stack(settings)


def _ago(moment: datetime) -> str:
    seconds = int((datetime.now(UTC) - moment).total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} ago"

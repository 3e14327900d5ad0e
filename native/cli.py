"""`python -m native`: the commands of the native stack."""

import os
import shutil
import sys
from datetime import UTC, datetime

import typer
from rich.console import Console
from rich.table import Table

from native import control, directory
from native.settings import StackSettings, read_settings
from native.stack import Stack
from native.state import read_state
from native.supervision import Supervision
from native.up import up as start_stack
from runtime import exit_codes, lifecycle, logs
from runtime.command_line import report, run_command
from runtime.errors import ServiceUnavailable

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Run the whole system without Docker.")
COLUMNS = ("program", "state", "pid", "port", "restarts", "last exit code", "since")


def main() -> None:
    """Run a command; print an expected error as one message and exit with its exit code."""
    run_command(_run)


def _run() -> None:
    try:
        app()
    except ServiceUnavailable as error:
        sys.exit(report(str(error), exit_codes.EXIT_UNAVAILABLE))


@app.command()
def up() -> None:
    """Start the stack in the background, or print its addresses. PIPELINES sets the number of consumers."""
    start_stack(read_settings(), Console())


@app.command()
def down() -> None:
    """Stop the stack in order; the data is kept."""
    settings = read_settings()
    with control.exclusive(settings.layout):
        stopped = control.stop_supervisor(settings.layout)
    print("The native stack is down; its data is kept." if stopped else "The native stack was not running.")


@app.command()
def clean() -> None:
    """Stop the stack and delete its data."""
    layout = read_settings().layout
    directory.require_own(layout)
    directory.require_deletable(layout)
    with control.exclusive(layout):
        control.stop_supervisor(layout)
        shutil.rmtree(layout.directory)
    print(f"Deleted {layout.directory}.")


@app.command()
def status() -> None:
    """List the processes with their states and restarts. Exit code 1 if the stack is not running."""
    layout = read_settings().layout
    state = read_state(layout.state_file)
    if state is None or not state.supervisor.is_alive():
        print("The native stack is not running.")
        sys.exit(exit_codes.EXIT_FAILURE)
    table = Table(
        *COLUMNS, title=f"native stack: {state.phase.value} {state.detail}".rstrip(), title_justify="left"
    )
    for process in state.services:
        cells = (
            process.name, process.state.value, process.pid, process.port, process.restarts,
            process.last_exit_code, _age(process.changed_at),
        )  # fmt: skip
        table.add_row(*("" if cell is None else str(cell) for cell in cells))
    Console().print(table)


@app.command("logs")
def follow_logs() -> None:
    """Follow the logs of all processes."""
    files = _log_files(read_settings())
    # It replaces this process, so that Ctrl-C ends tail.
    os.execvp("tail", ["tail", "-n", "5", "-F", *files])  # noqa: S606


@app.command()
def psql() -> None:
    """Open the stack's database in psql."""
    postgres = _running_stack(read_settings()).postgres
    address = ("-h", "127.0.0.1", "-p", str(postgres.port), "-U", postgres.user, postgres.database)
    command = [str(postgres.binaries / "psql"), *address]
    os.execve(command[0], command, {**os.environ, "PGPASSWORD": postgres.password})  # noqa: S606


@app.command(hidden=True)
def supervise() -> None:
    """Run the supervisor, the background process that `up` starts."""
    logs.configure_logging("info", "console")
    stack = Stack(read_settings())
    sys.exit(lifecycle.run(lambda stop: Supervision(stack, stop).run()))


def _log_files(settings: StackSettings) -> list[str]:
    files = sorted(map(str, settings.layout.logs.glob("*.log")))
    if not files:
        raise ServiceUnavailable("There are no logs yet. Start the stack: make up")
    return files


def _running_stack(settings: StackSettings) -> Stack:
    if control.running_state(settings.layout) is None:
        raise ServiceUnavailable("The native stack is not running. Start it: make up")
    return Stack(settings)


def _age(moment: datetime) -> str:
    seconds = int((datetime.now(UTC) - moment).total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} ago"

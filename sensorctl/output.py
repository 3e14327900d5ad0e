"""Output to a terminal, a file or another program."""

import sys
from collections.abc import Sized
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from runtime.exit_codes import EXIT_FAILURE
from runtime.json_values import dump_json
from runtime.streams import is_terminal
from runtime.text import escape_unprintable

PIPED_WIDTH = 160
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
WatchOption = Annotated[bool, typer.Option("--watch", help="Refresh every second, until Ctrl-C.")]


def check_watch(*, as_json: bool, watch: bool) -> None:
    """Check that a screen that is refreshed is not requested as JSON.

    Raises:
        typer.BadParameter: When it is.
    """
    if as_json and watch:
        raise typer.BadParameter("--json and --watch exclude each other: --json prints the state once")


def console(*, stderr: bool = False) -> Console:
    """Return a console on standard output or error; piped output is wide, so that tables are not cut."""
    width = None if is_terminal(sys.stderr if stderr else sys.stdout) else PIPED_WIDTH
    return Console(stderr=stderr, width=width)


def show(renderable: Any) -> None:
    """Print a table or a text; a narrow terminal folds what is long, and cuts nothing."""
    if isinstance(renderable, Table):
        for column in renderable.columns:
            column.overflow = "fold"
    console().print(renderable)


def show_json(value: Any) -> None:
    """Print a value as indented JSON; times are in ISO 8601, and null stands for NaN and infinity."""
    print(dump_json(value, default=to_json, indent=2))


def safe_text(value: Any) -> Text:
    """Return untrusted text without control characters, which rich does not interpret as markup."""
    return Text(escape_unprintable(str(value)))


def titled_table(title: str, *headings: str) -> Table:
    """Return a table with a title, which rich does not interpret as markup, and these columns."""
    table = Table(title=Text(title, style="table.title"), title_justify="left")
    for heading in headings:
        table.add_column(heading)
    return table


def format_time(moment: datetime) -> str:
    """Return a time to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def print_message(message: str) -> None:
    """Print a message for the operator to standard error, which keeps it out of piped output."""
    print(message, file=sys.stderr)


def note_if_cut(rows: Sized, most: int, what: str, hint: str) -> None:
    """Say on standard error, which keeps it out of JSON, that there may be more rows than are shown."""
    if len(rows) == most:
        print_message(f"Only the first {most:,} {what} are shown: {hint}.")


def fail(message: str | None = None) -> NoReturn:
    """End the command with exit code 1, after a message that says why if the output does not.

    Raises:
        typer.Exit: Always.
    """
    if message:
        print_message(message)
    raise typer.Exit(EXIT_FAILURE)


def progress_bar() -> Progress:
    """Return a progress bar that counts items; it is shown only if standard error is a terminal."""
    return _progress(MofNCompleteColumn())


def file_progress_bar() -> Progress:
    """Return a progress bar in bytes, with the number of readings from the task's field `published`."""
    return _progress(TaskProgressColumn(), TextColumn("{task.fields[published]} readings"))


def _progress(*columns: ProgressColumn) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *columns,
        TimeRemainingColumn(),
        console=console(stderr=True),
        disable=not is_terminal(sys.stderr),
        transient=True,
    )


def to_json(value: Any) -> Any:
    """Return what JSON has no type for, such as a time, as text."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

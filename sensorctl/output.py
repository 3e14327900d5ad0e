"""Where answers go: a terminal, a file or another program."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

PIPED_WIDTH = 160
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def console(*, stderr: bool = False) -> Console:
    """Standard output or error; piped into a file or a pager, a table is not cut to 80 columns."""
    on_terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(stderr=stderr, width=None if on_terminal else PIPED_WIDTH)


def show(renderable: Any) -> None:
    """Print a table or a text."""
    console().print(renderable)


def show_json(value: Any) -> None:
    """Print it for other programs."""
    print(json.dumps(value, default=_plain, indent=2))


def note(sentence: str) -> None:
    """Tell the operator something that is not the answer."""
    print(sentence, file=sys.stderr)


def progress() -> Progress:
    """A bar on a terminal's standard error; nothing elsewhere."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


def progress_in_file() -> Progress:
    """The same for a file, in bytes, and how many readings were `published`."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[published]} readings"),
        TimeRemainingColumn(),
        console=console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

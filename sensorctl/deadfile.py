"""Dead messages in a file of JSON lines."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO

import typer

from messaging.deadqueue import visit
from messaging.deadrecord import from_line, to_line
from messaging.settings import BrokerSettings
from sensorctl.output import note
from sensorctl.selection import Selection
from service.errors import ServiceUnavailable

STANDARD = "-"


def export(settings: BrokerSettings, selection: Selection, name: str) -> int:
    """Write the selected messages to a new file, and give their number."""
    exported = 0
    with visit(settings) as queue, _writing(name) as file:
        for message in filter(selection, queue.look()):
            file.write(to_line(message))
            exported += 1
        file.flush()
    return exported


def put_back(settings: BrokerSettings, name: str) -> tuple[int, int]:
    """Put a file's messages into the dead queue; gives how many, and how many lines were wrong.

    Each wrong line is told with its number.
    """
    imported = wrong = number = 0
    with _reading(name) as file, visit(settings) as queue:
        try:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    message = from_line(line)
                except ValueError as error:
                    note(f"line {number}: {error}")
                    wrong += 1
                else:
                    queue.put(message)
                    imported += 1
        except ServiceUnavailable:
            note(f"Imported {imported} dead messages before the broker was lost, at line {number}.")
            raise
    return imported, wrong


@contextmanager
def _writing(name: str) -> Iterator[IO[str]]:
    if name == STANDARD:
        yield sys.stdout
        return
    with _open(name, "x", "written") as file:
        yield file


def _reading(name: str) -> AbstractContextManager[IO[str]]:
    return nullcontext(sys.stdin) if name == STANDARD else _open(name, "r", "read")


def _open(name: str, mode: str, verb: str) -> IO[str]:
    try:
        return Path(name).open(mode, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise typer.BadParameter(f"{name} cannot be {verb}: {error.strerror}") from None

"""An outbox on a real file, with the events that it reported."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sensor.outbox.entry import OutboxEntry
from sensor.outbox.factory import open_outbox_file
from sensor.outbox.outbox import Outbox
from sensor.outbox.sqlite import OutboxFile
from sensor.telemetry import SensorTelemetry
from tests.unit.fakes import EventRecorder


class Disk:
    """The disk of an outbox's file. It is made to fail through the connection that has locked the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fill(self) -> None:
        """Prevent the file from growing."""
        self._connection.execute(f"PRAGMA max_page_count = {self._number('page_count')}")

    def make_room(self) -> None:
        self._connection.execute("PRAGMA max_page_count = 1000000")

    def become_unreadable(self) -> None:
        self._connection.execute("ALTER TABLE waiting RENAME TO elsewhere")

    def become_readable(self) -> None:
        self._connection.execute("ALTER TABLE elsewhere RENAME TO waiting")

    @property
    def synchronous(self) -> int:
        """SQLite's `synchronous` mode: 1 is NORMAL, 2 is FULL."""
        return self._number("synchronous")

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def open_with_disk(path: Path, on_damage: Callable[[Path, str], None]) -> tuple[OutboxFile, Disk]:
    """Call `open_outbox_file`, and return its file together with its disk."""
    connections: list[sqlite3.Connection] = []

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connections.append(original(*arguments, **options))
        return connections[-1]

    original: Any = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", connect)
        file = open_outbox_file(path, on_damage)
    return file, Disk(connections[-1])


def entry(number: int) -> OutboxEntry:
    return OutboxEntry("kitchen", f"id-{number}", str(number).encode())


class OutboxHarness:
    """An outbox whose readings are identified by numbers."""

    def __init__(self, path: Path, max_readings: int = 1000, *, sync_always: bool = False) -> None:
        self.path = path
        self.max_readings = max_readings
        self.events = EventRecorder(SensorTelemetry)
        self.file, self.disk = open_with_disk(path, self.events.outbox_damaged)
        self.outbox = Outbox(self.file, max_readings, self.events, sync_always=sync_always)

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.outbox.put(entry(number))

    def next_batch(self, max_readings: int) -> list[int]:
        return [int(reading.body) for reading in self.outbox.next_batch(0, max_readings)]

    def next_reading(self) -> int | None:
        return next(iter(self.next_batch(1)), None)

    def deliver(self) -> int | None:
        """Take the next reading and confirm it."""
        number = self.next_reading()
        if number is not None:
            self.outbox.mark_confirmed()
        return number

    def drain(self) -> list[int]:
        delivered = []
        while (number := self.deliver()) is not None:
            delivered.append(number)
        return delivered

    def on_disk(self) -> list[int]:
        return [int(reading.body) for _, reading in self.file.read(0, self.file.last_row, 10_000)]

    def killed(self) -> "OutboxHarness":
        """Return the outbox of the next process after a SIGKILL: on a copy of the files as they are now."""
        copy = self.path.with_name(f"{self.path.name}+")
        for suffix in ("", "-wal"):
            shutil.copy(f"{self.path}{suffix}", f"{copy}{suffix}")
        self.outbox.close()
        return OutboxHarness(copy, self.max_readings)

    def restarted(self) -> "OutboxHarness":
        """Return the outbox of the next process after a clean shutdown."""
        self.outbox.close()
        return OutboxHarness(self.path, self.max_readings)

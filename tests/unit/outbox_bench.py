"""An outbox on a real file, and what it told."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sensor.events import SensorEvents
from sensor.opening import open_file
from sensor.outbox import Outbox, Outgoing
from sensor.outbox_file import OutboxFile
from tests.unit.fakes import Told


class Disk:
    """Where an outbox's file lies, made to fail through the connection that has it for itself."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fill(self) -> None:
        """From now on the file cannot grow."""
        self._connection.execute(f"PRAGMA max_page_count = {self._number('page_count')}")

    def make_room(self) -> None:
        self._connection.execute("PRAGMA max_page_count = 1000000")

    def become_unreadable(self) -> None:
        self._connection.execute("ALTER TABLE waiting RENAME TO elsewhere")

    def become_readable(self) -> None:
        self._connection.execute("ALTER TABLE elsewhere RENAME TO waiting")

    @property
    def synchronous(self) -> int:
        """SQLite's number for when a commit waits for the disk."""
        return self._number("synchronous")

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def open_on_disk(path: Path, on_damage: Callable[[Path, str], None]) -> tuple[OutboxFile, Disk]:
    """As `open_file`, with its disk."""
    connections: list[sqlite3.Connection] = []

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connections.append(original(*arguments, **options))
        return connections[-1]

    original: Any = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", connect)
        file = open_file(path, on_damage)
    return file, Disk(connections[-1])


def reading(number: int) -> Outgoing:
    return Outgoing("kitchen", f"id-{number}", str(number).encode())


class OutboxBench:
    """Readings are known by their numbers here."""

    def __init__(self, path: Path, max_readings: int = 1000, *, sync_always: bool = False) -> None:
        self.path = path
        self.max_readings = max_readings
        self.told = Told(SensorEvents)
        self.file, self.disk = open_on_disk(path, self.told.outbox_damaged)
        self.outbox = Outbox(self.file, max_readings, self.told, sync_always=sync_always)

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.outbox.put(reading(number))

    def oldest(self) -> int | None:
        """What would be published next."""
        return next(iter(self.in_hand(1)), None)

    def in_hand(self, readings: int) -> list[int]:
        """So many are taken to be published."""
        return [int(reading.body) for reading in self.outbox.oldest(0, readings)]

    def deliver(self) -> int | None:
        """One reading is published and confirmed."""
        oldest = self.oldest()
        if oldest is not None:
            self.outbox.confirmed()
        return oldest

    def drain(self) -> list[int]:
        delivered = []
        while (number := self.deliver()) is not None:
            delivered.append(number)
        return delivered

    def on_disk(self) -> list[int]:
        return [int(found.body) for _, found in self.file.read(0, self.file.last_row, 10_000)]

    def killed(self) -> "OutboxBench":
        """What the next process finds after a SIGKILL: the files as they are, without a farewell."""
        after = self.path.with_name(f"{self.path.name}+")
        for ending in ("", "-wal"):
            shutil.copy(f"{self.path}{ending}", f"{after}{ending}")
        self.outbox.close()
        return OutboxBench(after, self.max_readings)

    def restarted(self) -> "OutboxBench":
        """The next process after this one ended in order."""
        self.outbox.close()
        return OutboxBench(self.path, self.max_readings)

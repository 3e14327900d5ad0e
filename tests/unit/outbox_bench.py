"""An outbox on a real file, and what it told."""

import shutil
from pathlib import Path

from sensor.events import SensorEvents
from sensor.opening import open_file
from sensor.outbox import Outbox, Outgoing
from tests.unit.fakes import Told


def reading(number: int) -> Outgoing:
    return Outgoing("kitchen", f"id-{number}", str(number).encode())


class OutboxBench:
    """Readings are known by their numbers here."""

    def __init__(self, path: Path, max_readings: int = 1000, *, sync_always: bool = False) -> None:
        self.path = path
        self.max_readings = max_readings
        self.told = Told(SensorEvents)
        self.file = open_file(path, self.told.outbox_damaged)
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

    def fill_the_disk(self) -> None:
        """From now on the file cannot grow."""
        pages = self.file._connection.execute("PRAGMA page_count").fetchone()[0]
        self.file._connection.execute(f"PRAGMA max_page_count = {pages}")

    def make_room_on_the_disk(self) -> None:
        self.file._connection.execute("PRAGMA max_page_count = 1000000")

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

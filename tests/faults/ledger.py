"""The published messages and their confirms, in an append-only file outside the system."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

ANY_REASON = "*"
DECIMALS = 6


class StoredRow(NamedTuple):
    """The expected row of a reading; without an id the system derives one."""

    reading_id: str | None
    sensor_id: str
    measured_at: datetime
    celsius: float

    @property
    def key(self) -> tuple[str | None, str, float, float]:
        """Equal for equal content in any time zone."""
        moment = self.measured_at.astimezone(UTC)
        return self.reading_id, self.sensor_id, moment.timestamp(), round(self.celsius, DECIMALS)


class Attempt(NamedTuple):
    """A published message, with its expected row or the reason with which it may be dead-lettered."""

    body: bytes
    row: StoredRow | None
    reason: str | None = None


@dataclass
class LedgerContents:
    """The contents of a ledger file."""

    attempts: list[Attempt] = field(default_factory=list)
    confirmed: list[int] = field(default_factory=list)


class Ledger:
    """Record each attempt before it is published, and each confirm after it was received."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.attempts = self.confirmed = 0
        self.latest: tuple[float, Attempt] | None = None
        self._file = path.open("w", encoding="ascii", buffering=1 << 16)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def attempt(self, attempt: Attempt) -> int:
        """Record an attempt; return its number for `confirm`."""
        entry = {"body": attempt.body.decode("latin-1"), "reason": attempt.reason}
        with self._lock:
            number = self.attempts
            self.attempts += 1
            self._write(entry | {"attempt": number, "row": _dump(attempt.row)})
        return number

    def confirm(self, number: int, attempt: Attempt) -> None:
        """Record the broker's confirm of the attempt."""
        with self._lock:
            self.confirmed += 1
            self.latest = (time.monotonic(), attempt)
            self._write({"confirmed": number})

    def read(self) -> LedgerContents:
        """Read everything that was recorded."""
        self._file.flush()
        contents = LedgerContents()
        for entry in _entries(self.path):
            if "confirmed" in entry:
                contents.confirmed.append(entry["confirmed"])
            else:
                body = entry["body"].encode("latin-1")
                contents.attempts.append(Attempt(body, _load(entry["row"]), entry["reason"]))
        return contents

    def _write(self, entry: dict[str, Any]) -> None:
        with suppress(ValueError):  # a load may still run after its scenario has ended
            self._file.write(json.dumps(entry) + "\n")


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="ascii") as file:
        yield from map(json.loads, file)


def _dump(row: StoredRow | None) -> list[Any] | None:
    return row and [row.reading_id, row.sensor_id, row.measured_at.isoformat(), row.celsius]


def _load(row: list[Any] | None) -> StoredRow | None:
    if row is None:
        return None
    return StoredRow(row[0], row[1], datetime.fromisoformat(row[2]), row[3])

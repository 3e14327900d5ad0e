"""Learns sensors again from the stored readings, step by step while new readings are analysed."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from analysis.analyzer import Analyzer, SensorState
from analysis.lock_keeping import keeping_lock

Row = tuple[str, float, float]
INITIAL_WINDOW_SECONDS = 3600.0
MIN_WINDOW_SECONDS, MAX_WINDOW_SECONDS = 1.0, 86_400.0
INITIAL_TRANSACTIONS, MAX_TRANSACTIONS = 1_000, 1_000_000
# A step reads so many readings at most, whatever the density of the history is.
FEW_READINGS, MANY_READINGS = 2_000, 10_000
SLOW_SECONDS, FAST_SECONDS = 0.3, 0.1


class HistoryReader(Protocol):
    """Reads the stored readings of sensors."""

    def keep_lock(self) -> None:
        """Execute a statement, so that the lock lasts while this process computes."""

    def read_history(
        self, window: tuple[float, float], until_xid: int, sensors: Collection[str], most: int
    ) -> Sequence[Row]:
        """Read the first of what was measured in a window and stored before a transaction, in this order."""

    def read_recent(
        self, old_before: datetime, xids: tuple[int, int], sensors: Collection[str]
    ) -> Sequence[Row]:
        """Read what these transactions stored and was measured from a time on, in the order of commits."""

    def next_measured(self, since: float) -> float | None:
        """Return when the first reading from a time on was measured; None if there is none."""


class Rebuilding:
    """Learns some sensors again, each from a time on.

    First it reads what was stored before it started, in the order in which it was measured. Then it reads
    what was stored since, in the order of commits, until it is where the analysis of new readings is.
    """

    def __init__(
        self,
        create: Callable[[], SensorState],
        since: Mapping[str, float],
        requests: Collection[int],
        started_xid: int,
        old_before: datetime,
    ) -> None:
        self.since, self.requests = since, requests
        self.analyzer = Analyzer(create)
        self.readings = 0
        self._xid, self._old_before = started_xid, old_before
        self._until_xid = started_xid
        self._at: float | None = min(since.values(), default=None)
        self._is_placed = False
        self._window = INITIAL_WINDOW_SECONDS
        self._most = MANY_READINGS
        self._transactions = INITIAL_TRANSACTIONS

    def step(self, reader: HistoryReader, live_xid: int, seconds: float) -> bool:
        """Continue for about some seconds; return whether it is where the analysis of new readings is."""
        deadline = time.monotonic() + seconds
        while self._at is not None:
            self._read_history(reader, self._at)
            if time.monotonic() >= deadline:
                return False
        while self._xid < live_xid:
            self._read_since(reader, live_xid)
            if time.monotonic() >= deadline:
                break
        return self._xid >= live_xid

    def _read_history(self, reader: HistoryReader, at: float) -> None:
        if not self._is_placed:
            self._at, self._is_placed = reader.next_measured(at), True
            return
        until = at + self._window
        started_at = time.monotonic()
        rows = reader.read_history((at, until), self._until_xid, self.since, self._most)
        seconds = time.monotonic() - started_at
        is_cut = len(rows) == self._most
        if is_cut:
            # The last moment is read next, because it may have more readings.
            until = rows[-1][1]
            rows = [row for row in rows if row[1] < until]
        # Only what was measured at one moment is read with more than so many readings at once.
        self._most = MANY_READINGS if rows or not is_cut else 2 * self._most
        self._add(reader, [row for row in rows if row[1] >= self.since[row[0]]])
        if is_cut or seconds > SLOW_SECONDS:
            self._window = max(MIN_WINDOW_SECONDS, self._window / 2)
        elif len(rows) < FEW_READINGS and seconds < FAST_SECONDS:
            self._window = min(MAX_WINDOW_SECONDS, self._window * 2)
        self._at, self._is_placed = until, is_cut or bool(rows)

    def _read_since(self, reader: HistoryReader, live_xid: int) -> None:
        until = min(live_xid, self._xid + self._transactions)
        rows = reader.read_recent(self._old_before, (self._xid, until), self.since)
        self._add(reader, rows)
        if len(rows) > MANY_READINGS:
            self._transactions = max(1, self._transactions // 2)
        elif len(rows) < FEW_READINGS:
            self._transactions = min(MAX_TRANSACTIONS, self._transactions * 2)
        self._xid = until

    def _add(self, reader: HistoryReader, rows: Sequence[Row]) -> None:
        self.readings += len(rows)
        self.analyzer.add_all(keeping_lock(reader.keep_lock, rows))

"""A job's connection to its worker, as the job's process sees it."""

import os
import threading
import time
from collections.abc import Callable
from typing import Protocol

from runtime.exit_codes import EXIT_FAILURE
from worker.context import Interruption
from worker.outcome import Outcome

PROGRESS_INTERVAL_SECONDS = 0.5
# They also replace an interruption that left the job more time.
URGENT = (Interruption.SHUTDOWN, Interruption.LEASE_LOST)
# None: progress.
Report = Outcome | None


class Duplex(Protocol):
    """The part of multiprocessing's Connection that is used."""

    def send(self, obj: Report) -> None:
        """Send a report."""

    def recv(self) -> Interruption:
        """Wait for an interruption."""


class ParentLink:
    """Sends reports to the worker, and receives interruptions on a thread of its own.

    When the worker is gone, `on_parent_lost` ends the process: another worker takes the job over.
    """

    def __init__(self, connection: Duplex, on_parent_lost: Callable[[int], object] = os._exit) -> None:
        self._connection = connection
        self._on_parent_lost = on_parent_lost
        self._reported_at = float("-inf")
        self._interrupted = threading.Event()
        self.interruption: Interruption | None = None
        threading.Thread(target=self._receive, name="interruptions", daemon=True).start()

    def progress(self) -> None:
        """Report progress, at most twice per second."""
        now = time.monotonic()
        if now - self._reported_at >= PROGRESS_INTERVAL_SECONDS:
            self._reported_at = now
            self.report(None)

    def report(self, report: Report) -> None:
        """Report progress, or that the database has this outcome of the attempt."""
        try:
            self._connection.send(report)
        except OSError:
            self._on_parent_lost(EXIT_FAILURE)

    def wait(self, seconds: float) -> None:
        """Wait, at most until the first interruption."""
        self._interrupted.wait(seconds)

    def _receive(self) -> None:
        try:
            while True:
                reason = self._connection.recv()
                if self.interruption is None or reason in URGENT:
                    self.interruption = reason
                self._interrupted.set()
        except (EOFError, OSError):
            self._on_parent_lost(EXIT_FAILURE)

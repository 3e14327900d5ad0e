"""What a process knows of its own health, shared between its loop and its HTTP server."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

# Well above everything that a healthy loop waits for without a sign of life. The longest is a broker that is
# frozen amid a confirm: two heartbeats of 30 seconds.
STALL_SECONDS = 180.0


class Dependency(NamedTuple):
    """Something that the process needs: why it does not answer (None: it does), and since when it is so."""

    why: str | None
    since: datetime


class Health:
    """Liveness is a loop that makes progress; readiness is that every need answers.

    The loop writes; the HTTP server and the watchdog read. Each write is one assignment, so no lock is
    needed. A loop hangs that gives no beat for `stall_seconds`.
    """

    def __init__(
        self,
        *needs: str,
        stall_seconds: float = STALL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        calendar: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._calendar = calendar
        self.stall_seconds = stall_seconds
        self.beats = 0
        self._last_beat = clock()
        self._needs = dict.fromkeys(needs, Dependency("not reached yet", calendar()))

    def beat(self) -> None:
        """The loop made progress."""
        self.beats += 1
        self._last_beat = self._clock()

    def up(self, need: str) -> None:
        """`need` answers."""
        self._become(need, None)

    def down(self, need: str, why: str) -> None:
        """`need` does not answer; `why` is shown to whoever asks."""
        self._become(need, why)

    def stalled_seconds(self) -> float | None:
        """Seconds since the last progress once that is too long, else None."""
        quiet = self._clock() - self._last_beat
        return quiet if quiet > self.stall_seconds else None

    def needs(self) -> dict[str, Dependency]:
        """What it needs, and how each of it answers."""
        return dict(self._needs)

    def problems(self) -> dict[str, str]:
        """Each need that does not answer, and why."""
        return {name: need.why for name, need in self.needs().items() if need.why is not None}

    def _become(self, name: str, why: str | None) -> None:
        """Another reason is still the same outage."""
        before = self._needs.get(name)
        if before is not None and (before.why is None) == (why is None):
            self._needs[name] = before._replace(why=why)
        else:
            self._needs[name] = Dependency(why, self._calendar())

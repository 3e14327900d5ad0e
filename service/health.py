"""What a process knows of its own health, shared between its loop and its HTTP server."""

import time
from collections.abc import Callable

STALL_SECONDS = 60.0


class Health:
    """Liveness is a loop that makes progress; readiness is that every need answers.

    The loop writes and the HTTP server reads; each write is one assignment, so no lock is needed.
    """

    def __init__(
        self,
        *needs: str,
        stall_seconds: float = STALL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._stall_seconds = stall_seconds
        self._last_beat = clock()
        self._problems: dict[str, str | None] = dict.fromkeys(needs, "not reached yet")

    def beat(self) -> None:
        """The loop made progress."""
        self._last_beat = self._clock()

    def up(self, need: str) -> None:
        """`need` answers."""
        self._problems[need] = None

    def down(self, need: str, why: str) -> None:
        """`need` does not answer; `why` is shown to whoever asks."""
        self._problems[need] = why

    def stalled_seconds(self) -> float | None:
        """Seconds since the last progress once that is too long, else None."""
        quiet = self._clock() - self._last_beat
        return quiet if quiet > self._stall_seconds else None

    def problems(self) -> dict[str, str]:
        """Each need that does not answer, and why."""
        return {need: why for need, why in self._problems.items() if why is not None}

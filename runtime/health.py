"""The health of a process, shared between its main loop and its HTTP server."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

# Well above the longest time that a healthy loop goes without a heartbeat: two AMQP heartbeats of 30 seconds,
# when the broker freezes while a publisher confirm is outstanding.
STALL_SECONDS = 180.0


class Dependency(NamedTuple):
    """The state of a service that the process depends on."""

    reason: str | None  # why it is down; None while it is up
    since: datetime  # when it entered this state


class Health:
    """Liveness (the main loop makes progress) and readiness (every dependency is up) of a process.

    The loop writes; the HTTP server and the watchdog read. Each write is a single assignment, so no lock is
    needed. The loop counts as stalled after `stall_seconds` without a heartbeat.
    """

    def __init__(
        self,
        *dependencies: str,
        stall_seconds: float = STALL_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        utc_now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._utc_now = utc_now
        self.stall_seconds = stall_seconds
        self.heartbeats = 0
        self._last_heartbeat = clock()
        self._dependencies = dict.fromkeys(dependencies, Dependency("not reached yet", utc_now()))

    def heartbeat(self) -> None:
        """Record that the loop made progress."""
        self.heartbeats += 1
        self._last_heartbeat = self._clock()

    def mark_up(self, dependency: str) -> None:
        """Record that `dependency` answers."""
        self._set_state(dependency, None)

    def mark_down(self, dependency: str, reason: str) -> None:
        """Record that `dependency` does not answer; /readyz reports `reason`."""
        self._set_state(dependency, reason)

    def stalled_seconds(self) -> float | None:
        """Return the seconds since the last heartbeat if the loop is stalled, else None."""
        elapsed = self._clock() - self._last_heartbeat
        return elapsed if elapsed > self.stall_seconds else None

    def dependencies(self) -> dict[str, Dependency]:
        """Return the state of each dependency by name."""
        return dict(self._dependencies)

    def problems(self) -> dict[str, str]:
        """Return the reason for each dependency that is down, by name."""
        return {
            name: dependency.reason
            for name, dependency in self.dependencies().items()
            if dependency.reason is not None
        }

    def _set_state(self, name: str, reason: str | None) -> None:
        """Store the state; a new reason for being down does not start a new outage."""
        previous = self._dependencies.get(name)
        if previous is None or (previous.reason is None) != (reason is None):
            self._dependencies[name] = Dependency(reason, self._utc_now())
        elif previous.reason != reason:
            self._dependencies[name] = previous._replace(reason=reason)

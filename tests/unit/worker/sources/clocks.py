"""A clock that only waiting moves, and what a source's client needs of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from worker.sources.http import Pace
from worker.sources.rate_limit import TokenBucket

STARTED_AT = datetime(2026, 11, 27, 12, tzinfo=UTC)


@dataclass
class FakeClock:
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds

    def now(self) -> datetime:
        return STARTED_AT + timedelta(seconds=self.seconds)

    def pace(self, requests_per_minute: int = 6000) -> Pace:
        """Return the pace of a client that waits by this clock."""
        return Pace(limit=TokenBucket(requests_per_minute, self), sleep=self.sleep, clock=self, now=self.now)

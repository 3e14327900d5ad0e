"""The log of what was stored: a line each while there are few, one line a second for the rest."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from pipeline.handler import Stored

# More than anybody reads as they go by; a line costs a tenth of what a reading does.
LINES_A_SECOND = 20
SECOND = 1.0


@dataclass
class Suppressed:
    """What has not been told one by one."""

    readings: int = 0
    new: int = 0
    longest_store_ms: float = 0.0
    longest_delay_ms: float = 0.0


class ThrottledStoreLog:
    """For one thread. Nothing is left untold for longer than a second while `when_due` is called often."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._log: Any = structlog.get_logger().bind()
        self._clock = clock
        self._until = clock()
        self._lines = 0
        self._rest = Suppressed()

    def add(self, stored: Stored, longest_delay_seconds: float) -> None:
        """Tell of a batch that holds a reading, now or in the second's sum."""
        self.when_due()
        store_ms, delay_ms = _ms(stored.seconds), _ms(longest_delay_seconds)
        if self._lines >= LINES_A_SECOND:
            self._sum_up(stored, store_ms, delay_ms)
            return
        self._lines += 1
        if len(stored.readings) > 1:
            self._tell_batch(stored, store_ms, delay_ms)
        else:
            self._tell_one(stored, store_ms, delay_ms)

    def when_due(self) -> None:
        """Tell the rest of a second that is over."""
        now = self._clock()
        if now >= self._until:
            self.finish()
            self._until = now + SECOND
            self._lines = 0

    def finish(self) -> None:
        """Tell the rest."""
        rest = self._rest
        if rest.readings:
            self._log.info(
                "many stored",
                readings=rest.readings,
                new=rest.new,
                duplicates=rest.readings - rest.new,
                longest_store_ms=rest.longest_store_ms,
                longest_delay_ms=rest.longest_delay_ms,
            )
            self._rest = Suppressed()

    def _sum_up(self, stored: Stored, store_ms: float, delay_ms: float) -> None:
        rest = self._rest
        rest.readings += len(stored.readings)
        rest.new += stored.new
        rest.longest_store_ms = max(rest.longest_store_ms, store_ms)
        rest.longest_delay_ms = max(rest.longest_delay_ms, delay_ms)

    def _tell_batch(self, stored: Stored, store_ms: float, delay_ms: float) -> None:
        self._log.info(
            "batch stored",
            readings=len(stored.readings),
            new=stored.new,
            duplicates=len(stored.readings) - stored.new,
            store_ms=store_ms,
            longest_delay_ms=delay_ms,
        )

    def _tell_one(self, stored: Stored, store_ms: float, delay_ms: float) -> None:
        (reading,) = stored.readings
        self._log.info(
            "stored" if stored.new else "duplicate",
            sensor=reading.sensor_id,
            temperature=round(reading.temperature, 3),
            measured_at=reading.measured_at.isoformat(),
            store_ms=store_ms,
            delay_ms=delay_ms,
        )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)

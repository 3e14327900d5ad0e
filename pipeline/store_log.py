"""Log what was stored: a line each at a low rate, one aggregated line per second above it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from pipeline.handler import StoreResult
from runtime.line_budget import LineBudget
from runtime.tracing import without_span


@dataclass
class Suppressed:
    """What was not logged line by line."""

    readings: int = 0
    new: int = 0
    max_store_seconds: float = 0.0
    max_latency_seconds: float | None = None


class ThrottledStoreLog:
    """Logs results, for one thread; `flush_if_due` must be called often, to log each aggregate in time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._log: Any = structlog.get_logger().bind()
        self._budget = LineBudget(self.flush, clock)
        self._suppressed = Suppressed()

    def add(self, result: StoreResult, max_latency_seconds: float | None) -> None:
        """Log a batch that contains a reading, now or in the aggregate of this second.

        Imported readings have no latency.
        """
        if not self._budget.acquire():
            self._aggregate(result, max_latency_seconds)
        elif len(result.readings) > 1:
            self._log_batch(result, max_latency_seconds)
        else:
            self._log_reading(result, max_latency_seconds)

    def flush_if_due(self) -> None:
        """Log the aggregate once its second is over."""
        self._budget.flush_if_due()

    def flush(self) -> None:
        """Log the aggregate now."""
        if self._suppressed.readings:
            with without_span():  # they are of many
                self._log_suppressed(self._suppressed)
            self._suppressed = Suppressed()

    def _log_suppressed(self, suppressed: Suppressed) -> None:
        self._log.info(
            "stored (aggregated)",
            readings=suppressed.readings,
            new=suppressed.new,
            duplicates=suppressed.readings - suppressed.new,
            max_store_ms=_ms(suppressed.max_store_seconds),
            max_latency_ms=_ms(suppressed.max_latency_seconds),
        )

    def _aggregate(self, result: StoreResult, latency: float | None) -> None:
        suppressed = self._suppressed
        suppressed.readings += len(result.readings)
        suppressed.new += result.new
        suppressed.max_store_seconds = max(suppressed.max_store_seconds, result.seconds)
        if latency is not None:
            suppressed.max_latency_seconds = max(suppressed.max_latency_seconds or 0.0, latency)

    def _log_batch(self, result: StoreResult, latency: float | None) -> None:
        self._log.info(
            "batch stored",
            readings=len(result.readings),
            new=result.new,
            duplicates=len(result.readings) - result.new,
            store_ms=_ms(result.seconds),
            max_latency_ms=_ms(latency),
        )

    def _log_reading(self, result: StoreResult, latency: float | None) -> None:
        (reading,) = result.readings
        self._log.info(
            "stored" if result.new else "duplicate",
            sensor=reading.sensor_id,
            temperature=round(reading.temperature, 3),
            measured_at=reading.measured_at.isoformat(),
            store_ms=_ms(result.seconds),
            latency_ms=_ms(latency),
        )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)

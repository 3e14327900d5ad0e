"""Publish the values of a live source, and of its history what came while there was no connection."""

import random
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from readings.model import Reading
from runtime.batches import batches
from worker.context import JobContext, JobInterrupted
from worker.live.progress import LiveProgress
from worker.live.recent import RecentReadings
from worker.live.subscription import Subscription, utc_now
from worker.source_readings import SourceReadings
from worker.sources.model import HistorySource, LiveSource, Skipped, SourceUnavailable, SourceValue
from worker.sources.values import windows

POLL_SECONDS = 0.5
# The server's clock may differ from this one, and it may have recorded late what came before.
OVERLAP = timedelta(minutes=1)
HISTORY_WINDOW = timedelta(days=1)
HISTORY_BATCH = 500
# A connection that lasted so long was no failed attempt.
STABLE_SECONDS = 60.0
INITIAL_DELAY_SECONDS = 1.0
MAX_DELAY_SECONDS = 60.0
MAX_DOUBLINGS = 10

OpenHistory = Callable[[], AbstractContextManager[HistorySource]]


class Publisher(Protocol):
    """The part of ReadingPublisher that is used."""

    def publish(self, readings: Iterable[Reading]) -> None: ...  # noqa: D102 (ReadingPublisher's)


class LiveFeed:
    """Publishes until the job is stopped; a connection that is lost is opened again.

    With `open_history`, each connection begins with the history from the cursor on, while the live values
    wait in the buffer. It is read `settle_seconds` after the subscription, when it contains what was sent
    before. The cursor and the coverage follow what the broker has confirmed, up to the last sign
    of life of the source.
    """

    def __init__(
        self,
        context: JobContext,
        live: LiveSource,
        open_history: OpenHistory | None,
        publisher: Publisher,
        readings: SourceReadings,
        progress: LiveProgress,
        *,
        settle_seconds: float = 0,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context = context
        self._live = live
        self._open_history = open_history
        self._publisher = publisher
        self._readings = readings
        self._progress = progress
        self._settle_seconds = settle_seconds
        self._now = now
        self._clock = clock
        self._recent = RecentReadings()
        self._ends_at = float("inf")

    def run(self, seconds: float | None = None) -> None:
        """Publish for `seconds`, or until the job is interrupted.

        Raises:
            JobInterrupted: When the job has to stop.
            SourceRefused: When a person has to change something.
        """
        if seconds is not None:
            self._ends_at = self._clock() + seconds
        failures = 0
        try:
            while self._clock() < self._ends_at:
                started_at = self._clock()
                try:
                    self._run_connection()
                except SourceUnavailable as error:
                    failures = 0 if self._clock() - started_at >= STABLE_SECONDS else failures + 1
                    self._wait_after(error, failures)
        finally:
            with suppress(JobInterrupted):
                self._progress.save()

    def _run_connection(self) -> None:
        with Subscription(self._live, self._now) as subscription:
            self._begin(self._await(subscription))
            self._progress.message = "receiving live values"
            while self._clock() < self._ends_at:
                batch = subscription.take(POLL_SECONDS)
                self._publish(batch.values)
                if batch.alive_at is not None:
                    self._progress.advance(batch.alive_at)
                self._progress.save_if_due()

    def _await(self, subscription: Subscription) -> datetime:
        while (subscribed_at := subscription.wait_until_subscribed(POLL_SECONDS)) is None:
            self._publish([])
            self._context.progress("connecting")
        return subscribed_at

    def _begin(self, subscribed_at: datetime) -> None:
        """Bring the cursor to the time of the subscription."""
        cursor = self._progress.cursor
        if self._open_history is None or cursor is None:
            self._progress.restart(subscribed_at)
            self._progress.save()
            return
        self._progress.message = f"reading the history from {cursor.isoformat(timespec='seconds')} on"
        self._progress.save_if_due()
        self._context.sleep(self._settle_seconds)
        # What is newer than the subscription is read too: it is what comes between two clocks that differ.
        with self._open_history() as history:
            for start, end in windows(cursor - OVERLAP, self._now() + OVERLAP, HISTORY_WINDOW):
                self._publish_all(history.read(start, end))
                self._progress.advance(min(end, subscribed_at))
                self._progress.save()

    def _publish_all(self, values: Iterable[SourceValue | Skipped]) -> None:
        for batch in batches(values, HISTORY_BATCH):
            self._publish(batch)
            self._progress.save_if_due()

    def _publish(self, values: Iterable[SourceValue | Skipped]) -> None:
        """Publish what is new in the values, and return once the broker has confirmed it."""
        readings = self._readings.convert(values)
        new = [reading for reading in readings if self._recent.add(reading)]
        self._publisher.publish(new)
        self._progress.counts["published"] += len(new)
        self._progress.counts["repeated"] += len(readings) - len(new)

    def _wait_after(self, error: SourceUnavailable, failures: int) -> None:
        """Wait before the next attempt, longer after each failure, and not in step with other jobs."""
        most = min(INITIAL_DELAY_SECONDS * 2 ** min(failures, MAX_DOUBLINGS), MAX_DELAY_SECONDS)
        delay = max(random.uniform(most / 2, most), error.retry_after or 0)  # noqa: S311 (a delay)
        self._progress.counts["disconnections"] += 1
        self._progress.message = f"no connection: {error}; next attempt in {delay:.0f} s"
        self._progress.save()
        self._context.sleep(delay)

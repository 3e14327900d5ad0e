"""The readings of a file: published through the queue, and awaited until each is stored or dead."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, Protocol
from uuid import UUID

from db.workflows.fetched import FetchedReadings, WhyDead
from readings.files.file_readings import LocatedReading
from readings.model import Reading
from reporter.files.dead_rows import DeadRows
from runtime.batches import batches
from runtime.text import quantity
from worker.context import JobContext

# Published and confirmed before a checkpoint, and searched for at once.
ROWS_TOGETHER = 1_000
POLL_SECONDS = 0.5
# Readings that are not stored this long after the queue was empty are dead: consumers store one in less.
DEAD_SECONDS = 60.0
# With more messages in the queue, ours may be among them again: a consumer was lost that had received them.
BACKLOG = 10


class Publisher(Protocol):
    """Publishes readings (worker.publishing.ReadingPublisher)."""

    def publish(self, readings: Iterable[Reading]) -> None:
        """Return once the broker has confirmed all readings."""


class Stored(NamedTuple):
    """How many readings are stored, and the rows of those that are not."""

    stored: int
    dead: DeadRows


def publish(
    readings: Iterable[Reading], published: int, publisher: Publisher, save: Callable[[int], None]
) -> int:
    """Publish the readings after the first `published`; `save` is called with the number of those confirmed.

    Return that number.
    """
    for part in batches(islice(readings, published, None), ROWS_TOGETHER):
        publisher.publish(part)
        published += len(part)
        save(published)
    return published


class Storing:
    """Waits until readings are stored, or dead: a consumer that dead-letters one records it.

    One that was neither stored nor recorded for a minute while nothing was in the queue is dead, too. The
    consumers may be down: what is in the queue is not dead.
    """

    def __init__(
        self,
        context: JobContext,
        fetched: FetchedReadings,
        queue_depth: Callable[[], int | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context, self._fetched = context, fetched
        self._queue_depth, self._clock = queue_depth, clock
        # Since when all readings are received by consumers, and none was stored.
        self._drained_at: float | None = None

    def wait(self, rows: Iterable[LocatedReading], total: int) -> Stored:
        """Return once each reading is stored or dead.

        Raises:
            JobInterrupted: When the job has to stop.
        """
        stored, dead = 0, DeadRows()
        for part in batches(rows, ROWS_TOGETHER):
            self._context.progress()
            missing, why = self._await_part(part, stored, total)
            stored += len(part) - len(missing)
            for row in missing:
                dead.add(row, why.get(row.reading.reading_id))
        return Stored(stored, dead)

    def _await_part(
        self, part: Sequence[LocatedReading], before: int, total: int
    ) -> tuple[list[LocatedReading], Mapping[UUID, WhyDead]]:
        """Return the rows of a part whose readings are dead, and why, as far as that is recorded."""
        missing = self._missing(part)
        why = self._why_dead(missing)
        while missing and not self._are_dead(missing, why):
            count = before + len(part) - len(missing)
            self._context.progress(f"{count:,} of {quantity(total, 'reading')} are stored")
            self._context.sleep(POLL_SECONDS)
            remaining = self._missing(missing)
            if len(remaining) < len(missing):
                self._drained_at = None
            missing, why = remaining, self._why_dead(remaining)
        return missing, why

    def _are_dead(self, missing: Sequence[LocatedReading], why: Mapping[UUID, WhyDead]) -> bool:
        """Return whether all are recorded as dead, or cannot be in the queue, nor with a consumer."""
        depth = self._queue_depth()
        if depth is None or depth > BACKLOG:
            self._drained_at = None
        elif depth == 0 and self._drained_at is None:
            self._drained_at = self._clock()
        if self._drained_at is not None and self._clock() - self._drained_at > DEAD_SECONDS:
            return True
        return len(why) == len({row.reading.reading_id for row in missing})

    def _why_dead(self, rows: Sequence[LocatedReading]) -> Mapping[UUID, WhyDead]:
        if not rows:
            return {}
        return self._fetched.dead(self._context.workflow_id, [row.reading for row in rows])

    def _missing(self, rows: Sequence[LocatedReading]) -> list[LocatedReading]:
        stored = self._fetched.stored([row.reading for row in rows])
        return [row for row in rows if row.reading.reading_id not in stored]

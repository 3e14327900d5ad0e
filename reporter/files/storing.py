"""The readings of a file: published through the queue, and awaited until each is stored or dead."""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

from db.workflows.fetched import FetchedReadings
from readings.model import Reading
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
MAX_DEAD = 100


class Publisher(Protocol):
    """Publishes readings (worker.publishing.ReadingPublisher)."""

    def publish(self, readings: Iterable[Reading]) -> None:
        """Return once the broker has confirmed all readings."""


class Stored(NamedTuple):
    """How many readings are stored; the first of those that are not, and how many these are."""

    stored: int
    not_stored: list[Reading]
    not_stored_count: int


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
    """Waits until readings are stored. The consumers may be down: what is in the queue is not dead."""

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

    def wait(self, readings: Iterable[Reading], total: int) -> Stored:
        """Return once each reading is stored or dead.

        Raises:
            JobInterrupted: When the job has to stop.
        """
        found = dead_count = 0
        dead: list[Reading] = []
        for part in batches(readings, ROWS_TOGETHER):
            self._context.progress()
            missing = self._await_part(part, found, total)
            found += len(part) - len(missing)
            dead_count += len(missing)
            dead += missing[: MAX_DEAD - len(dead)]
        return Stored(found, dead, dead_count)

    def _await_part(self, part: Sequence[Reading], before: int, total: int) -> list[Reading]:
        """Return the readings of a part that are dead."""
        missing = self._missing(part)
        while missing and not self._are_dead():
            count = before + len(part) - len(missing)
            self._context.progress(f"{count:,} of {quantity(total, 'reading')} are stored")
            self._context.sleep(POLL_SECONDS)
            remaining = self._missing(missing)
            if len(remaining) < len(missing):
                self._drained_at = None
            missing = remaining
        return missing

    def _are_dead(self) -> bool:
        """Return whether what is missing cannot be in the queue, nor with a consumer."""
        depth = self._queue_depth()
        if depth is None or depth > BACKLOG:
            self._drained_at = None
        elif depth == 0 and self._drained_at is None:
            self._drained_at = self._clock()
        return self._drained_at is not None and self._clock() - self._drained_at > DEAD_SECONDS

    def _missing(self, readings: Sequence[Reading]) -> list[Reading]:
        stored = self._fetched.stored(readings)
        return [reading for reading in readings if reading.reading_id not in stored]

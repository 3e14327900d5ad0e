"""How far a live source is published: its cursor, what it covers, and the counts; saved as checkpoints."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from worker.context import Covered, JobContext

SAVE_SECONDS = 5.0


class LiveProgress:
    """Follows what the broker has confirmed. The counts, and those in `skipped`, continue earlier attempts.

    `cursor` is the time up to which every value is published. A period without a connection, which no history
    fills, is left out of what is covered.
    """

    def __init__(
        self,
        context: JobContext,
        source: str,
        cursor: datetime | None,
        skipped: Counter[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        saved = context.checkpoint or {}
        self.cursor = cursor
        self.counts: Counter[str] = Counter(saved.get("counts"))
        self._skipped = skipped
        self._skipped.update(saved.get("skipped", {}))
        self.message: str | None = None
        self._context = context
        self._source = source
        self._clock = clock
        self._covered_from = cursor
        self._saved_at = clock()

    def restart(self, at: datetime) -> None:
        """Begin a period that starts at this time, whatever the one before ended with."""
        self.cursor = self._covered_from = at

    def advance(self, to: datetime) -> None:
        """Record that everything up to this time is published."""
        if self.cursor is None or to > self.cursor:
            self.cursor = to

    def save_if_due(self) -> None:
        """Report progress, and save it every few seconds.

        Raises:
            JobInterrupted: When the job has to stop.
        """
        if self._clock() - self._saved_at >= SAVE_SECONDS:
            self.save()
        else:
            self._context.progress(self.message)

    def save(self) -> None:
        """Save the checkpoint.

        Raises:
            JobInterrupted: When the job has to stop.
        """
        covered, self._saved_at = self._covered(), self._clock()
        checkpoint = {"counts": dict(self.counts), "skipped": dict(self._skipped)}
        self._context.save(
            checkpoint,
            done=self.counts["published"],
            counts=self.result_counts(),
            message=self.message,
            covered=covered,
        )
        self._covered_from = self.cursor

    def result_counts(self) -> dict[str, Any]:
        """Return the counts as a job reports them."""
        return {**self.counts, "skipped": dict(self._skipped)}

    def _covered(self) -> Covered | None:
        """Return what is new; an empty period at the start moves the cursor all the same."""
        if self._covered_from is None or self.cursor is None:
            return None
        return Covered(self._source, self._covered_from, self.cursor, self.cursor)

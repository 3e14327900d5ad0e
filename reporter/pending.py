"""Stored readings that are about to change, of which no report is made yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from db.reports.report_data import ReadingsPending
from worker.context import JobFailed

# Meanwhile a calibration is applied to some ten thousand readings.
PENDING_SECONDS = 10.0


@contextmanager
def retrying_while_pending() -> Iterator[None]:
    """Let the job be tried again when the block finds that stored readings are about to change.

    Raises:
        JobFailed: Then.
    """
    try:
        yield
    except ReadingsPending as error:
        raise JobFailed(str(error), retry_after=PENDING_SECONDS) from error

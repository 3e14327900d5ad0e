"""Stored readings that are about to change, for which a report waits."""

import time
from collections.abc import Callable
from typing import TypeVar

from db.reports.report_data import ReadingsPending
from worker.context import JobContext, JobFailed

POLL_SECONDS = 10.0
# A calibration of a year of a reading per second takes about two hours.
MAX_SECONDS = 3 * 3600.0
T = TypeVar("T")


def wait_while_pending(context: JobContext, function: Callable[[], T]) -> T:
    """Return what a function returns once no readings that it reads are about to change.

    Raises:
        JobFailed: When some still are after three hours.
        JobInterrupted: When the job has to stop.
    """
    deadline = time.monotonic() + MAX_SECONDS
    while True:
        try:
            return function()
        except ReadingsPending as error:
            if time.monotonic() > deadline:
                raise JobFailed(str(error), retry_after=POLL_SECONDS) from error
            context.progress(f"waits: {error}")
            context.sleep(POLL_SECONDS)

"""Work that reports no progress itself, such as rendering, while its job reports that it is alive."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from worker.context import JobContext

PROGRESS_SECONDS = 1.0
T = TypeVar("T")


def run_reporting(context: JobContext, function: Callable[[], T]) -> T:
    """Return what a function returns that runs in a thread; only this thread uses the context.

    Raises:
        JobInterrupted: When the job has to stop, after the function has ended.
    """
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(function)
        while not wait([future], PROGRESS_SECONDS).done:
            context.progress()
        return future.result()

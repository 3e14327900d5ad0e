"""The service for workflows, run by a test."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.lifecycle import ShutdownSignal
from workflows.__main__ import run_workflows
from workflows.settings import WorkflowsSettings


@contextmanager
def service(settings: WorkflowsSettings) -> Iterator[None]:
    """Run the service in this process until the end of the block."""
    stop = ShutdownSignal()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            run_workflows(settings, stop)
        except BaseException as error:  # noqa: BLE001 (raised below)
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not errors

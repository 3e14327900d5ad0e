"""A service that a test runs in its own process, so that its coverage is measured."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runtime.lifecycle import ShutdownSignal


@contextmanager
def running(service: Callable[[ShutdownSignal], None]) -> Iterator[None]:
    """Run the service on a thread until the end of the block."""
    stop = ShutdownSignal()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            service(stop)
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

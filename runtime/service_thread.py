"""A thread that works until it is done, or until an unexpected error ends the service."""

import threading
from collections.abc import Callable

from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal


class ServiceThread:
    """Runs `work` on a thread, and `close` at its end.

    An unexpected error ends the thread, requests the shutdown, and is kept in `error`.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], None],
        stop: ShutdownSignal,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._work, self._close, self._stop = work, close, stop
        self.error: Exception | None = None

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def join(self, timeout_seconds: float) -> None:
        """Wait until the thread ends."""
        self._thread.join(timeout_seconds)

    def _run(self) -> None:
        try:
            self._work()
        except ShutdownRequested:
            pass
        except Exception as error:  # noqa: BLE001 (raised again by the main thread)
            self.error = error
            self._stop.set()
        finally:
            self._close()

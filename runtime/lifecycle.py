"""How a process starts, shuts down and exits."""

import gc
import os
import select
import signal
import sys
import time
import weakref
from collections.abc import Callable
from types import FrameType

import structlog

from runtime.errors import ConfigurationError, ServiceUnavailable, ShutdownRequested
from runtime.exit_codes import EXIT_CONFIGURATION, EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_OK, EXIT_UNAVAILABLE
from runtime.logs import configure_logging
from runtime.streams import flush_or_discard

POLL_INTERVAL_SECONDS = 0.5
GC_THRESHOLD_OBJECTS = 20_000


class ShutdownSignal:
    """A flag like `threading.Event` that SIGTERM and SIGINT set and that loops wait for.

    It uses a pipe because an Event that is set in a signal handler can deadlock with the very wait
    that the signal interrupted.
    """

    def __init__(self) -> None:
        self.signal_number: int | None = None
        self._set_at: float | None = None
        self._reader, self._writer = os.pipe()
        weakref.finalize(self, _close, self._reader, self._writer)

    def set(self, signal_number: int = signal.SIGTERM) -> None:
        """Request the shutdown; only the first request counts, and its signal decides the exit code."""
        if self._set_at is None:
            self.signal_number = signal_number
            self._set_at = time.monotonic()
            os.write(self._writer, b"x")

    def is_set(self) -> bool:
        """Return whether a shutdown was requested."""
        return self._set_at is not None

    def seconds_since_set(self) -> float:
        """Return the seconds since the request, or 0 before it."""
        return time.monotonic() - self._set_at if self._set_at is not None else 0.0

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`, and return whether a shutdown was requested."""
        # Python runs a signal handler only between bytecodes of the main thread. A signal that arrives just
        # before poll(), or that the kernel delivers to another thread, does not interrupt it; hence the
        # short polls.
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        deadline = time.monotonic() + seconds
        while not self.is_set() and (remaining := deadline - time.monotonic()) > 0:
            poll.poll(min(remaining, POLL_INTERVAL_SECONDS) * 1000)
        return self.is_set()

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`.

        Raises:
            ShutdownRequested: As soon as a shutdown is requested.
        """
        if self.wait(seconds):
            raise ShutdownRequested

    def install_handlers(self) -> None:
        """Set this flag on SIGTERM and SIGINT. Call it from the main thread."""

        def handle(signal_number: int, _frame: FrameType | None) -> None:
            self.set(signal_number)

        signal.signal(signal.SIGTERM, handle)
        signal.signal(signal.SIGINT, handle)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def run(main: Callable[[ShutdownSignal], None]) -> int:
    """Run `main` until it returns or a signal stops it, and return the exit code.

    The exit code is 0 after SIGTERM or a normal return, 130 after Ctrl-C, 78 for an invalid setting, 69 when
    a required service did not become available in time, and 1 for any other error.
    """
    code = _run(main)
    flush_or_discard(sys.stdout)
    return code


def _run(main: Callable[[ShutdownSignal], None]) -> int:
    stop = ShutdownSignal()
    stop.install_handlers()
    # Until `main` has read its settings; structlog's default configuration prints local variables.
    configure_logging("info", "console")
    log = structlog.get_logger()
    # Objects that exist by now live as long as the process, so exclude them from garbage collection. The
    # objects of a message contain no cycles, so collect less often than after every 700 of them.
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD_OBJECTS)
    try:
        main(stop)
    except ShutdownRequested:
        pass
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201 (logging may not be configured yet)
        return EXIT_CONFIGURATION
    except ServiceUnavailable as error:
        log.error("dependency unavailable, exiting", reason=str(error))
        return EXIT_UNAVAILABLE
    except Exception:
        log.exception("crashed")
        return EXIT_FAILURE
    return EXIT_INTERRUPTED if stop.signal_number == signal.SIGINT else EXIT_OK

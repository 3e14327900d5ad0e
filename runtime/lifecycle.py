"""How a process starts, is asked to stop, and ends."""

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
from runtime.logs import configure

EXIT_OK = 0
EXIT_FAILURE = 1
EXIT_UNAVAILABLE = 69
EXIT_CONFIGURATION = 78
EXIT_INTERRUPTED = 130
SLICE_SECONDS = 0.5
GARBAGE_OBJECTS = 20_000


class Stop:
    """The request to stop, made by a signal and waited for by loops.

    A pipe instead of threading.Event, because an Event that is set in a signal handler can deadlock
    with the very wait that the signal interrupted.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._requested_at: float | None = None
        self._reader, self._writer = os.pipe()
        weakref.finalize(self, _close, self._reader, self._writer)

    def request(self, signal_number: int = signal.SIGTERM) -> None:
        """Ask for the stop; the first request decides the exit code."""
        if self._requested_at is None:
            self.signal = signal_number
            self._requested_at = time.monotonic()
            os.write(self._writer, b"x")

    @property
    def requested(self) -> bool:
        """Whether the process was asked to stop."""
        return self._requested_at is not None

    def seconds_since_request(self) -> float:
        """Seconds since the request; 0 before it."""
        return time.monotonic() - self._requested_at if self._requested_at is not None else 0.0

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds`; True as soon as the stop is requested."""
        # In slices, because Python does not run the handler of a signal that came just before the poll
        # began, or that the kernel gave to another thread, until the poll ends.
        poll = select.poll()
        poll.register(self._reader, select.POLLIN)
        deadline = time.monotonic() + seconds
        while not self.requested and (left := deadline - time.monotonic()) > 0:
            poll.poll(min(left, SLICE_SECONDS) * 1000)
        return self.requested

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`; raises Stopped as soon as the stop is requested."""
        if self.wait(seconds):
            raise ShutdownRequested

    def on_signals(self) -> None:
        """Let SIGTERM and SIGINT request the stop. For the main thread."""

        def handle(signal_number: int, _frame: FrameType | None) -> None:
            self.request(signal_number)

        signal.signal(signal.SIGTERM, handle)
        signal.signal(signal.SIGINT, handle)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def run(main: Callable[[Stop], None]) -> int:
    """Run `main` until it returns or a signal stops it; gives the exit code.

    0 after SIGTERM or a plain return, 130 after Ctrl-C, 78 for a wrong setting, 69 when a needed
    service never came, 1 for anything unforeseen.
    """
    stop = Stop()
    stop.on_signals()
    # Until `main` has read its settings: structlog's own default prints local variables.
    configure("info", "console")
    log = structlog.get_logger()
    # What is loaded by now stays, so the garbage collector need not look through it again and again; and what
    # messages become holds no cycles, so it need not look at every 700th of them either.
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)
    try:
        main(stop)
    except ShutdownRequested:
        pass
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201 (logs may not be set up yet)
        return EXIT_CONFIGURATION
    except ServiceUnavailable as error:
        log.error("gave up", reason=str(error))
        return EXIT_UNAVAILABLE
    except Exception:
        log.exception("crashed")
        return EXIT_FAILURE
    return EXIT_INTERRUPTED if stop.signal == signal.SIGINT else EXIT_OK

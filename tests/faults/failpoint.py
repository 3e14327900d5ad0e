"""The real pipeline, which kills itself at a given point about every EVERY messages.

Usage: `python -m tests.faults.failpoint POINT EVERY`. POINT is `before-store`, `before-ack` (the batch is
committed) or `after-ack`.
"""

import os
import signal
import sys
from collections.abc import Sequence
from random import SystemRandom
from unittest.mock import patch

from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Work
from messaging.consuming.session import Session
from pipeline import __main__ as pipeline
from pipeline.handler import ReadingHandler
from runtime.lifecycle import run

POINTS = ("before-store", "before-ack", "after-ack")


class _Countdown:
    """Kill the process after a random number of messages."""

    def __init__(self, every: int) -> None:
        self._remaining = SystemRandom().randint(1, 2 * every)

    def count(self, batch: Sequence[Delivery]) -> None:
        self._remaining -= len(batch)
        if self._remaining <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    """Run the consumer until it kills itself."""
    point, countdown = sys.argv[1], _Countdown(int(sys.argv[2]))
    assert point in POINTS
    ack = Session.ack

    class Handler(ReadingHandler):
        def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
            if point == "before-store":
                countdown.count(batch)
            return super().__call__(batch, work)

    def counting_ack(session: Session, batch: Sequence[Delivery]) -> None:
        if point == "before-ack":
            countdown.count(batch)
        ack(session, batch)
        if point == "after-ack":
            countdown.count(batch)

    with patch.object(pipeline, "ReadingHandler", Handler), patch.object(Session, "ack", counting_ack):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

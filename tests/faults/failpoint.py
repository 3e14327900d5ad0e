"""`python -m tests.faults.failpoint POINT EVERY`: the real pipeline, which kills itself now and then.

At POINT `before-store`, `before-ack` (the batch is committed) or `after-ack`, about every EVERY messages.
"""

import os
import signal
import sys
from collections.abc import Sequence
from random import SystemRandom
from unittest.mock import patch

from messaging.consuming.consumer import BatchResult, Work
from messaging.consuming.session import Delivery, Session
from pipeline import __main__ as pipeline
from pipeline.handler import ReadingHandler
from runtime.lifecycle import run

POINTS = ("before-store", "before-ack", "after-ack")


class _Fuse:
    """Burns down by one with each message; its length differs from life to life."""

    def __init__(self, every: int) -> None:
        self._left = SystemRandom().randint(1, 2 * every)

    def burn(self, batch: Sequence[Delivery]) -> None:
        self._left -= len(batch)
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    """Never returns once the fuse is burnt down."""
    point, fuse = sys.argv[1], _Fuse(int(sys.argv[2]))
    assert point in POINTS
    ack = Session.ack

    class Handler(ReadingHandler):
        def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
            if point == "before-store":
                fuse.burn(batch)
            return super().__call__(batch, work)

    def burning_ack(session: Session, batch: Sequence[Delivery]) -> None:
        if point == "before-ack":
            fuse.burn(batch)
        ack(session, batch)
        if point == "after-ack":
            fuse.burn(batch)

    with patch.object(pipeline, "ReadingHandler", Handler), patch.object(Session, "ack", burning_ack):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.entries.hanging asleep|busy|never STALL_SECONDS`: the real pipeline, whose handler hangs.

It hangs at its first batch: asleep, as in a call that never returns, or busy in a call that lets no other
thread run, as a regular expression that runs away does. `never` hangs never. The watchdog waits for
STALL_SECONDS instead of minutes, and the longest wait between two attempts is below that, as in production.
"""

import re
import sys
import time
from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

from messaging.consuming.consumer import BatchResult, Work
from messaging.consuming.session import Delivery
from pipeline import __main__ as pipeline
from pipeline.handler import ReadingHandler
from runtime.health import Health
from runtime.lifecycle import run

RUNAWAY = re.compile(r"(a+)+$")


class HangingHandler(ReadingHandler):
    """Takes the batch and never gives it back."""

    def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        match sys.argv[1]:
            case "asleep":
                time.sleep(3600)
            case "busy":
                RUNAWAY.match("a" * 64 + "b")
        return super().__call__(batch, work)


def main() -> int:
    """The consumer's own exit code."""
    with (
        patch.object(pipeline, "ReadingHandler", HangingHandler),
        patch.object(pipeline, "Health", partial(Health, stall_seconds=float(sys.argv[2]))),
        patch("runtime.retry.MAX_DELAY_SECONDS", 0.5),
        patch("runtime.retry.MAX_JITTER_SECONDS", 0.1),
    ):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

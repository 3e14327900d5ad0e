"""The real pipeline, whose handler stalls at its first batch.

Usage: `python -m tests.fault_entrypoints.stalling asleep|busy|never STALL_SECONDS`.

`asleep` never returns from a blocking call. `busy` runs a regular expression that holds the GIL, so that no
other thread runs. `never` does not stall. The watchdog waits for STALL_SECONDS instead of minutes, and the
maximum delay between two attempts is shorter than that, as in production.
"""

import re
import sys
import time
from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Work
from pipeline import __main__ as pipeline
from pipeline.handler import ReadingHandler
from runtime.health import Health
from runtime.lifecycle import run

CATASTROPHIC = re.compile(r"(a+)+$")


class StallingHandler(ReadingHandler):
    """Receive a batch and never settle it."""

    def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        match sys.argv[1]:
            case "asleep":
                time.sleep(3600)
            case "busy":
                CATASTROPHIC.match("a" * 64 + "b")
        return super().__call__(batch, work)


def main() -> int:
    """Run the consumer and return its exit code."""
    with (
        patch.object(pipeline, "ReadingHandler", StallingHandler),
        patch.object(pipeline, "Health", partial(Health, stall_seconds=float(sys.argv[2]))),
        patch("runtime.retry.MAX_DELAY_SECONDS", 0.5),
        patch("runtime.retry.MAX_JITTER_SECONDS", 0.1),
    ):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

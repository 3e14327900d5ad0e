"""The real pipeline, killed by SIGKILL at its first batch.

Usage: `python -m tests.fault_entrypoints.killed before|after`: before the batch is stored, or after its
transaction was committed and before it is acked.
"""

import os
import signal
import sys
from collections.abc import Sequence
from unittest.mock import patch

from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Work
from pipeline import __main__ as pipeline
from pipeline.handler import ReadingHandler
from runtime.lifecycle import run


class KilledHandler(ReadingHandler):
    """Handle at most one batch, and kill the process instead of returning."""

    def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        if sys.argv[1] == "after":
            super().__call__(batch, work)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("SIGKILL did not end the process")


def main() -> int:
    """Run the consumer; does not return once a message was received."""
    with patch.object(pipeline, "ReadingHandler", KilledHandler):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.entries.killed before|after`: the real pipeline, killed by SIGKILL at its first batch.

Before the store was asked, or after it has committed and before the batch is acked.
"""

import os
import signal
import sys
from collections.abc import Sequence
from unittest.mock import patch

from messaging.consuming.consumer import BatchResult, Work
from messaging.consuming.session import Delivery
from pipeline import __main__ as pipeline
from pipeline.handler import ReadingHandler
from runtime.lifecycle import run


class KilledHandler(ReadingHandler):
    """Handles at most one batch, and does not live to say so."""

    def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        if sys.argv[1] == "after":
            super().__call__(batch, work)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("it lives")


def main() -> int:
    """Never reached once a message came."""
    with patch.object(pipeline, "ReadingHandler", KilledHandler):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

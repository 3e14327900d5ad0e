"""`python -m tests.entries.killed before|after`: the real pipeline, killed by SIGKILL at its first reading.

Before the store was asked, or after it has committed and before the message is acked.
"""

import os
import signal
import sys
from unittest.mock import patch

from messaging.session import Delivery
from pipeline import __main__ as pipeline
from pipeline.handler import ReadingHandler
from service.lifecycle import run


class KilledHandler(ReadingHandler):
    """Handles at most one message, and does not live to say so."""

    def __call__(self, delivery: Delivery) -> None:
        if sys.argv[1] == "after":
            super().__call__(delivery)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    """Never reached once a message came."""
    with patch.object(pipeline, "ReadingHandler", KilledHandler):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

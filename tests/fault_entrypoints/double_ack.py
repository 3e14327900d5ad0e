"""The real pipeline, which acks its first batch twice: the broker then closes the channel.

Usage: `python -m tests.fault_entrypoints.double_ack`.
"""

import sys
from collections.abc import Sequence
from unittest.mock import patch

from messaging.consuming.delivery import Delivery
from messaging.consuming.session import Session
from pipeline import __main__ as pipeline
from runtime.lifecycle import run

_ack = Session.ack
_ack_twice = [True]


def _ack_first_batch_twice(session: Session, batch: Sequence[Delivery]) -> None:
    _ack(session, batch)
    if _ack_twice:
        _ack_twice.pop()
        _ack(session, batch)


def main() -> int:
    """Run the consumer and return its exit code."""
    with patch.object(Session, "ack", _ack_first_batch_twice):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.entries.double_ack`: the real pipeline, whose first batch is acked twice.

The broker answers that by closing the channel.
"""

import sys
from collections.abc import Sequence
from unittest.mock import patch

from messaging.consuming.session import Delivery, Session
from pipeline import __main__ as pipeline
from runtime.lifecycle import run

_ack = Session.ack
_clumsy = [True]


def _ack_twice_once(session: Session, batch: Sequence[Delivery]) -> None:
    _ack(session, batch)
    if _clumsy:
        _clumsy.pop()
        _ack(session, batch)


def main() -> int:
    """The consumer's own exit code."""
    with patch.object(Session, "ack", _ack_twice_once):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

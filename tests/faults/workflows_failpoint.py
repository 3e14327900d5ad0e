"""The real service for workflows, which kills itself before or after it fires a schedule, now and then."""

import os
import signal
import sys
from random import SystemRandom
from typing import Any
from unittest.mock import patch

from db.workflows.schedules import Schedules
from runtime.lifecycle import run
from workflows import __main__ as workflows

KILLED_IN = 6


class KilledSchedules(Schedules):
    """Schedules whose service dies next to the transaction that requests a workflow."""

    def fire(self, *arguments: Any, **options: Any) -> str:
        _kill_sometimes()
        outcome = super().fire(*arguments, **options)
        _kill_sometimes()
        return outcome


def _kill_sometimes() -> None:
    if SystemRandom().randrange(KILLED_IN) == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    """Run the service until it is killed."""
    with patch.object(workflows, "Schedules", KilledSchedules):
        return run(workflows.main)


if __name__ == "__main__":
    sys.exit(main())

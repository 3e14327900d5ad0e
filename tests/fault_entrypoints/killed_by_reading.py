"""The real pipeline with a store that kills its process when it saves a reading of the sensor `fatal`.

`python -m tests.fault_entrypoints.killed_by_reading` is the consumer. With the argument `subprocess` it is
the process in which the consumer isolates a message.
"""

import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

from db.store import Store
from pipeline import __main__ as pipeline
from pipeline import isolation
from readings.model import Reading
from runtime.lifecycle import run

FATAL_SENSOR = "fatal"


class KillingStore(Store):
    """Save like the real store, but kill the process at a reading of FATAL_SENSOR."""

    def save(self, readings: Sequence[Reading]) -> int:
        if any(reading.sensor_id == FATAL_SENSOR for reading in readings):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().save(readings)


def main() -> int:
    """Run the consumer, or its subprocess, and return the exit code."""
    if sys.argv[1:] == ["subprocess"]:
        with patch.object(isolation, "Store", KillingStore):
            isolation.main()
        return 0
    killed_subprocess = partial(
        isolation.SubprocessHandler,
        command=(sys.executable, "-m", "tests.fault_entrypoints.killed_by_reading", "subprocess"),
    )
    with (
        patch.object(pipeline, "Store", KillingStore),
        patch.object(pipeline, "SubprocessHandler", killed_subprocess),
    ):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

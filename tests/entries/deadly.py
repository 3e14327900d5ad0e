"""The real pipeline with a store that kills its process when it gets a reading of the sensor `deadly`.

`python -m tests.entries.deadly` is the consumer, `python -m tests.entries.deadly trial` its trial.
"""

import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

from db.store import Store
from pipeline import __main__ as pipeline
from pipeline import isolation as trial
from readings.model import Reading
from runtime.lifecycle import run

DEADLY = "deadly"


class DeadlyStore(Store):
    """Saves like the real one, unless it dies."""

    def save(self, readings: Sequence[Reading]) -> int:
        if any(reading.sensor_id == DEADLY for reading in readings):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().save(readings)


def main() -> int:
    """The consumer's own exit code."""
    if sys.argv[1:] == ["trial"]:
        with patch.object(trial, "Store", DeadlyStore):
            trial.main()
        return 0
    deadly_trial = partial(
        trial.SubprocessHandler, command=(sys.executable, "-m", "tests.entries.deadly", "trial")
    )
    with patch.object(pipeline, "Store", DeadlyStore), patch.object(pipeline, "Trial", deadly_trial):
        return run(pipeline.main)


if __name__ == "__main__":
    sys.exit(main())

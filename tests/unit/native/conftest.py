import subprocess
from collections.abc import Iterator

import pytest

from tests.unit.native.processes import SLEEP


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that sleeps."""
    with subprocess.Popen(SLEEP, start_new_session=True, stdout=subprocess.DEVNULL) as process:
        yield process
        process.kill()

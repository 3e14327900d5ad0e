"""Start real servers of other systems for `make test-sources`, each alone and in a directory of its own."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.waiting import DEADLINE_SECONDS, eventually

STOP_SECONDS = 20


def require(program: str, package: str) -> str:
    """Return the path of a program; fail if it is not installed, since this target is for nothing else."""
    path = shutil.which(program)
    if path is None:
        pytest.fail(f"{program} is not installed: install {package}, or run make test-sources, which does")
    return path


@contextmanager
def running(
    command: Sequence[str],
    directory: Path,
    is_ready: Callable[[], object],
    variables: dict[str, str] | None = None,
) -> Iterator[Path]:
    """Run a server while the block runs; yield its log."""
    log = directory / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=directory, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            eventually(
                lambda: _has_ended(server, log) or is_ready(), DEADLINE_SECONDS, f"{command[0]} is ready"
            )
            yield log
        finally:
            server.terminate()
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _has_ended(server: subprocess.Popen[bytes], log: Path) -> bool:
    if server.poll() is not None:
        pytest.fail(f"the server ended with {server.returncode}: {log.read_text(errors='replace')[-2000:]}")
    return False

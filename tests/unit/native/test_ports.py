"""The process that listens on a port, and the stack that it belongs to."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from native.ports import is_free, listener

SUPERVISOR = """
import subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1]])
"""
LISTENER = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture
def port_of_another_stack(tmp_path: Path) -> Iterator[int]:
    """Run a listening child of a process that looks like the supervisor of a checkout in `tmp_path`."""
    command = [sys.executable, "-c", SUPERVISOR, LISTENER, "native", "supervise"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as supervisor:
        assert supervisor.stdout
        yield int(supervisor.stdout.readline())


def test_a_port_of_another_checkout_is_described_with_what_stops_it(
    tmp_path: Path, port_of_another_stack: int
) -> None:
    assert not is_free(port_of_another_stack)
    assert f"of the native stack of {tmp_path}, which `make -C {tmp_path} down` stops" in listener(
        port_of_another_stack
    )


def test_any_other_process_is_described_by_its_command() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        description = listener(server.getsockname()[1])

    assert description.startswith("process ")
    assert "stack" not in description

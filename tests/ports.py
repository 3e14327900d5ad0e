"""Ports that belong to one test process for as long as it runs."""

import fcntl
import os
import tempfile
from pathlib import Path

from native.ports import PORT_RANGE, free_port, is_free

# Whoever runs the tests at the same time on this machine reserves in the same directory.
_DIRECTORY = Path(tempfile.gettempdir()) / f"sensors-test-ports-{os.getuid()}"
_locks: dict[int, int] = {}


def reserve_port() -> int:
    """Return a port that no other test process gets before this one has ended.

    A port that is only free at this moment may be taken before a stack, which starts for a minute, binds it.
    """
    while True:
        port = free_port()
        if _reserve(port):
            return port


def reserve_range(length: int) -> int:
    """Return the first of `length` consecutive ports, reserved like a single one."""
    start = free_port()
    while True:
        ports = range(start, start + length)
        if ports.stop <= PORT_RANGE.stop and all(is_free(port) and _reserve(port) for port in ports):
            return start
        start = free_port()


def _reserve(port: int) -> bool:
    """Whether this process, and nobody else, now holds the port's lock file; the kernel lets go of it."""
    if port in _locks:
        return False
    _DIRECTORY.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(_DIRECTORY / str(port), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    _locks[port] = descriptor
    return True

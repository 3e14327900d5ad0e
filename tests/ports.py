"""Ports that are reserved for one test process until it ends."""

import fcntl
import os
import tempfile
from pathlib import Path

from native.ports import free_port, is_free

# Servers of the native stack and of the benchmark choose a random free port above these. They do not look
# at the reservations, and a reserved port is free until a test listens on it.
_PORTS = range(20_000, 26_000)

# Test runs of the same user on this machine reserve ports in the same directory.
_DIRECTORY = Path(tempfile.gettempdir()) / f"sensors-test-ports-{os.getuid()}"
_locks: dict[int, int] = {}


def reserve_port() -> int:
    """Return a free port that no other test process gets before this process has ended.

    Without the reservation, another process could bind the port while a stack starts, which takes a minute.
    """
    while True:
        port = free_port(_PORTS)
        if _reserve(port):
            return port


def reserve_range(length: int) -> int:
    """Return the first of `length` consecutive ports, each reserved as by `reserve_port`."""
    start = free_port(_PORTS)
    while True:
        ports = range(start, start + length)
        if ports.stop <= _PORTS.stop and all(is_free(port) and _reserve(port) for port in ports):
            return start
        start = free_port(_PORTS)


def _reserve(port: int) -> bool:
    """Lock the file of the port until this process ends; return whether no other process holds the lock."""
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

"""Ports of this machine."""

import socket

LOOPBACK = "127.0.0.1"
TIMEOUT_SECONDS = 1.0


def accepts_connections(port: int) -> bool:
    """Return whether a process accepts connections to this port of 127.0.0.1."""
    try:
        with socket.create_connection((LOOPBACK, port), TIMEOUT_SECONDS):
            return True
    except OSError:
        return False

"""Ports that no other process can use during a test."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"


@contextmanager
def reserve_closed_port() -> Iterator[int]:
    """Reserve a port on which nothing can listen, so that each connection is refused."""
    with socket.socket() as reservation:
        reservation.bind((HOST, 0))
        yield int(reservation.getsockname()[1])


@contextmanager
def reserve_port() -> Iterator[int]:
    """Reserve a port on which this process can listen repeatedly and which no other process is given.

    The reserving socket does not listen, so a server with SO_REUSEADDR may bind the same port.
    """
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind((HOST, 0))
        yield int(reservation.getsockname()[1])

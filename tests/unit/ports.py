"""Ports that no other process takes while a test has them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

HOST = "127.0.0.1"


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nobody can listen, so that each connection is refused."""
    with socket.socket() as claim:
        claim.bind((HOST, 0))
        yield int(claim.getsockname()[1])


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port on which this process can listen again and again, and which the system gives to nobody else.

    The claim does not listen, so a server with SO_REUSEADDR may bind beside it.
    """
    with socket.socket() as claim:
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        claim.bind((HOST, 0))
        yield int(claim.getsockname()[1])

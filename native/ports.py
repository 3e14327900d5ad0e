"""Free local ports, and the processes that listen on the others."""

import secrets
import shlex
import socket
from contextlib import suppress

import psutil

from native.process_handle import command_line

LOOPBACK = "127.0.0.1"
# Below the range from which Linux assigns ports to outgoing connections (net.ipv4.ip_local_port_range).
PORT_RANGE = range(26_000, 32_768)


def free_port(ports: range = PORT_RANGE) -> int:
    """Return a random port of these on which no process listens at this moment.

    By default it is outside the range that the kernel assigns to outgoing connections, so that none takes it
    before the caller listens on it.
    """
    while True:
        port = secrets.choice(ports)
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    """Return whether a server can listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def listener(port: int) -> str:
    """Describe the process that listens on a port, as far as this user may see it."""
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return f"process {connection.pid} ({command_line(connection.pid)}){_owner(connection.pid, port)}"
    return "a process that this user cannot see"


def _owner(pid: int, port: int) -> str:
    """Say which stack a process belongs to, and what stops that stack; nothing for any other process."""
    if "docker-proxy" in command_line(pid):
        return f" of a container, which `docker ps --filter publish={port}` names"
    with suppress(psutil.Error):
        for process in psutil.Process(pid).parents():
            if process.cmdline()[-2:] == ["native", "supervise"]:
                checkout = process.cwd()
                return (
                    f" of the native stack of {checkout}, which `make -C {shlex.quote(checkout)} down` stops"
                )
    return ""

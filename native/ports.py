"""Which local ports are free, and who holds the others."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from native.process_handle import command_of

LOOPBACK = "127.0.0.1"
# Below where Linux begins to give ports to outgoing connections (net.ipv4.ip_local_port_range).
OWN_PORTS = range(20_000, 32_768)
_LISTENING = "0A"  # in /proc/net/tcp


def free_port() -> int:
    """A port that nobody listens on at this moment.

    By chance, and not one that the system itself gives to whoever connects somewhere: such a one may be
    taken again before the caller listens on it.
    """
    while True:
        port = secrets.choice(OWN_PORTS)
        if is_free(port):
            return port


def is_free(port: int) -> bool:
    """Whether this port of 127.0.0.1 can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """Who listens on a port, as far as this user may see."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for descriptor in _descriptors():
        with suppress(OSError):
            if str(descriptor.readlink()) in sockets:
                pid = int(descriptor.parts[2])
                return f"process {pid} ({command_of(pid)})"
    return "a process that this user cannot see"


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            lines = Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]
            for words in map(str.split, lines):
                if int(words[1].rpartition(":")[2], 16) == port and words[3] == _LISTENING:
                    yield words[9]


def _descriptors() -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield from (process / "fd").iterdir()

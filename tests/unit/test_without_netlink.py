"""What a program may do whose netlink sockets are refused."""

import platform
import subprocess
import sys

import pytest

from tests import without_netlink

OPEN_SOCKETS = """
import socket

socket.socket(socket.AF_INET).close()
try:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()
except OSError as error:
    print(error.strerror)
"""


@pytest.mark.skipif(platform.machine() not in without_netlink.SOCKET_CALLS, reason="not known")
def test_only_netlink_sockets_are_refused() -> None:
    program = (sys.executable, "-c", OPEN_SOCKETS)
    result = subprocess.run(
        (sys.executable, without_netlink.__file__, *program), check=True, capture_output=True, text=True
    )
    assert result.stdout == "Address family not supported by protocol\n"

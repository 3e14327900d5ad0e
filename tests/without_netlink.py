"""Run a program that the host's network changes do not reach: `without_netlink.py PROGRAM [ARGUMENT ...]`.

Chromium aborts its requests, those to 127.0.0.1 included, when an address is added to the host or removed, as
whenever a container starts or stops. It learns of that from a netlink socket, and works without one, too.
A seccomp filter, which needs no privilege and is inherited by the program's processes, refuses that socket.
"""

import ctypes
import errno
import os
import platform
import socket
import struct
import sys

SOCKET_CALLS = {"x86_64": 41, "aarch64": 198}
# linux/prctl.h, linux/seccomp.h, linux/filter.h
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x0005_0000, 0x7FFF_0000
LOAD_WORD, SKIP_UNLESS_EQUAL, RETURN = 0x20, 0x15, 0x06
CALL_NUMBER, FIRST_ARGUMENT = 0, 16  # offsets in struct seccomp_data


class Program(ctypes.Structure):
    """The struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_netlink(socket_call: int) -> bytes:
    """Instructions that let socket(AF_NETLINK, …) fail, and allow everything else."""
    instructions = (
        (LOAD_WORD, 0, CALL_NUMBER),
        (SKIP_UNLESS_EQUAL, 3, socket_call),
        (LOAD_WORD, 0, FIRST_ARGUMENT),
        (SKIP_UNLESS_EQUAL, 1, socket.AF_NETLINK),
        (RETURN, 0, SECCOMP_RET_ERRNO | errno.EAFNOSUPPORT),
        (RETURN, 0, SECCOMP_RET_ALLOW),
    )
    return b"".join(struct.pack("HBBI", code, 0, skipped, value) for code, skipped, value in instructions)


def refuse_netlink() -> None:
    """Install the filter for this process. Raises OSError if the kernel refuses it."""
    instructions = filter_netlink(SOCKET_CALLS[platform.machine()])
    program = Program(len(instructions) // 8, instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(*arguments):
            raise OSError(ctypes.get_errno(), "the kernel refuses a seccomp filter")


if __name__ == "__main__":
    if platform.machine() in SOCKET_CALLS:
        refuse_netlink()
    os.execv(sys.argv[1], sys.argv[1:])

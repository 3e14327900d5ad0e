"""Processes are identified by pid and start time; ports are described by their listeners."""

import os
import socket
import subprocess
from dataclasses import replace

from native.ports import free_port, is_free, listener
from native.process_handle import ProcessHandle, StopSpec, command_line, terminate_all
from tests.unit.native.processes import handle_for


def test_a_later_process_with_the_same_pid_is_not_the_recorded_one(sleeper: subprocess.Popen[bytes]) -> None:
    handle = handle_for(sleeper.pid)
    assert handle.is_alive()
    assert not replace(handle, start_time=handle.start_time - 1).is_alive()


def test_a_handle_is_the_same_each_time_it_is_read(sleeper: subprocess.Popen[bytes]) -> None:
    assert handle_for(sleeper.pid) == handle_for(sleeper.pid)


def test_a_zombie_is_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    handle = handle_for(sleeper.pid)
    assert terminate_all([StopSpec(handle)]) == []
    assert not handle.is_alive()
    assert ProcessHandle.of(sleeper.pid) == handle, "it still has its entry in the process table"
    sleeper.wait()
    assert ProcessHandle.of(sleeper.pid) is None


def test_a_later_process_with_the_same_pid_is_not_stopped(sleeper: subprocess.Popen[bytes]) -> None:
    handle = handle_for(sleeper.pid)
    assert terminate_all([StopSpec(replace(handle, start_time=handle.start_time - 1))]) == []
    assert handle.is_alive()


def test_a_process_is_described_by_its_command_line() -> None:
    assert "python" in command_line(os.getpid())
    assert command_line(2**30) == "unknown"


def test_a_port_in_use_is_described_by_its_listener() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
        assert f"process {os.getpid()} " in listener(port)
    assert is_free(port)
    assert listener(port) == "a process that this user cannot see"
    assert is_free(free_port())

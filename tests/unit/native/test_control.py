"""Finding and stopping the supervisor and the processes that a killed supervisor left running."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from native import control, up
from native.process_handle import ProcessHandle
from native.settings import Layout, StackSettings
from native.state import write_state
from tests.unit.native.processes import handle_for, process_status, stack_state


def test_orphans_of_a_killed_supervisor_are_stopped(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    # given a state file whose supervisor no longer runs while one of its services does
    layout = Layout(tmp_path)
    dead = ProcessHandle(os.getpid(), 0)
    processes = [process_status(handle_for(sleeper.pid)), process_status(None)]
    write_state(layout.state_file, stack_state(dead, processes))
    layout.client_file.touch()
    # when the stack is stopped
    assert control.running_state(layout) is None
    assert control.stop_supervisor(layout)
    # then the service has ended, clients no longer find the stack, and nothing remains to be stopped
    assert sleeper.wait(timeout=60) == -signal.SIGTERM
    assert not layout.client_file.exists()
    assert not control.stop_supervisor(layout)


def test_a_supervisor_is_found_and_stopped_before_it_has_written_a_state(
    tmp_path: Path, sleeper: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a supervisor that is still importing its modules, as after Ctrl-C during the start
    layout = Layout(tmp_path)
    layout.logs.mkdir()
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: sleeper)
    supervisor = control.start_supervisor(layout)
    sleeper.returncode = None  # for the fixture, which ends it
    # then the next command finds it, and can stop it
    state = control.running_state(layout)
    assert state
    assert state.supervisor == supervisor
    assert control.stop_supervisor(layout)
    assert sleeper.wait(timeout=60) == -signal.SIGTERM


def test_a_later_process_with_a_recorded_pid_is_not_stopped(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    layout = Layout(tmp_path)
    handle = handle_for(sleeper.pid)
    processes = [process_status(ProcessHandle(handle.pid, 1))]
    write_state(layout.state_file, stack_state(ProcessHandle(os.getpid(), 0), processes))
    assert not control.stop_supervisor(layout)
    assert handle.is_alive()


def test_without_a_state_file_nothing_is_stopped(tmp_path: Path) -> None:
    assert not control.stop_supervisor(Layout(tmp_path))


def test_only_the_state_of_the_given_supervisor_is_returned(tmp_path: Path) -> None:
    state = stack_state(handle_for(os.getpid()), [])
    write_state(Layout(tmp_path).state_file, state)
    assert control.next_state(Layout(tmp_path), state.supervisor) == state
    assert control.next_state(Layout(tmp_path), ProcessHandle(1, 1)) is None


def test_a_path_in_the_checkout_is_displayed_relative_to_it() -> None:
    assert up.display_path(StackSettings().layout.directory) == ".native"
    assert up.display_path(Path("/elsewhere")) == "/elsewhere"

"""What `make up` says about a native stack that is starting."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from native import control, rabbitmq, up
from native.process_handle import ProcessHandle
from native.settings import StackSettings
from native.state import StackState, write_state
from runtime.errors import ServiceUnavailable


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_next_up_waits_for_a_start_that_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a supervisor that has just been started, and started nothing yet
    supervisor = ProcessHandle.of(os.getpid())
    assert supervisor
    settings = StackSettings(native_dir=tmp_path)
    with control.exclusive(settings.layout):
        write_state(settings.layout.state_file, StackState.starting(supervisor))
    # when the stack is started again, then it waits for this one, until it is interrupted, too
    monkeypatch.setattr(up, "_start", lambda *_: pytest.fail("a second supervisor is started"))
    monkeypatch.setattr(control, "next_state", interrupt)
    with pytest.raises(KeyboardInterrupt):
        up.up(settings, Console())
    assert "goes on starting in the background" in capsys.readouterr().err


def test_an_interrupted_start_says_that_it_goes_on_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a stack that is starting
    for step in ("ensure_rabbitmq", "ensure_packages", "_check_ports"):
        monkeypatch.setattr(up, step, lambda *_: None)
    for program in ("find_server", "find_epmd"):
        monkeypatch.setattr(rabbitmq, program, lambda: Path("installed"))
    monkeypatch.setattr(control, "start_supervisor", lambda _: ProcessHandle.of(os.getpid()))
    monkeypatch.setattr(control, "next_state", interrupt)  # when the user presses Ctrl-C
    # then
    with pytest.raises(KeyboardInterrupt):
        up.up(StackSettings(native_dir=tmp_path), Console())
    assert "goes on starting in the background" in capsys.readouterr().err


def test_a_stack_is_not_started_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=99_999_999))

    up.check_space(tmp_path, 99_999_999)
    up.check_space(tmp_path / "absent", up.MIN_FREE_BYTES)
    with pytest.raises(ServiceUnavailable, match=f"Less than 100 MB is free on the disk of {tmp_path}: "):
        up.check_space(tmp_path, up.MIN_FREE_BYTES)


def test_the_broker_is_not_started_without_space_for_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = StackSettings(native_dir=tmp_path)
    settings.layout.rabbitmq.mkdir()
    for step in ("ensure_rabbitmq", "ensure_packages"):
        monkeypatch.setattr(up, step, lambda _: None)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=512_000_000))

    with pytest.raises(ServiceUnavailable, match="Less than 600 MB is free"):
        up.up(settings, Console())

"""What `make up` says about a native stack that is starting."""

import os
from pathlib import Path

import pytest
from rich.console import Console

from native import control, up
from native.process_handle import ProcessHandle
from native.settings import StackSettings


def test_an_interrupted_start_says_that_it_goes_on_in_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # given a stack that is starting
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("ensure_rabbitmq", "ensure_packages", "_check_ports"):
        monkeypatch.setattr(up, step, lambda *_: None)
    monkeypatch.setattr(control, "start_supervisor", lambda _: ProcessHandle.of(os.getpid()))
    monkeypatch.setattr(control, "next_state", interrupt)  # when the user presses Ctrl-C
    # then
    with pytest.raises(KeyboardInterrupt):
        up.up(StackSettings(native_dir=tmp_path), Console())
    assert "goes on starting in the background" in capsys.readouterr().err

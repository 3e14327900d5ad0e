"""The command `python -m db`."""

import sys
from typing import Any

import pytest

from db import __main__ as program
from db.errors import StoreUnavailable
from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal

DOWN = StoreUnavailable("Connection refused")


class FakeUpgrade:
    """An upgrade that raises these errors first."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.done = 0

    def __call__(self, _settings: Any) -> str:
        if self.errors:
            raise self.errors.pop(0)
        self.done += 1
        return "0001"


def call(
    monkeypatch: pytest.MonkeyPatch, command: str, stop: ShutdownSignal, fake_upgrade: FakeUpgrade
) -> None:
    monkeypatch.setattr(program, "upgrade", fake_upgrade)
    monkeypatch.setattr(sys, "argv", ["db", command])
    program.main(stop)


@pytest.mark.usefixtures("quick_retries")
def test_upgrade_waits_for_the_database_and_logs_the_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_upgrade = FakeUpgrade(DOWN, DOWN)

    call(monkeypatch, "upgrade", ShutdownSignal(), fake_upgrade)

    out = capsys.readouterr().out
    assert fake_upgrade.done == 1
    assert out.count("database unavailable") == 2
    assert "schema is current" in out
    assert "version=0001" in out


def test_a_shutdown_ends_the_wait_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, fake_upgrade = ShutdownSignal(), FakeUpgrade(DOWN, DOWN)
    stop.set()

    with pytest.raises(ShutdownRequested):
        call(monkeypatch, "upgrade", stop, fake_upgrade)

    assert fake_upgrade.done == 0


@pytest.mark.parametrize("current", ["0001", None])
def test_version_prints_the_current_and_the_newest_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], current: str | None
) -> None:
    monkeypatch.setattr(program, "current_version", lambda _settings: current)
    monkeypatch.setattr(program, "newest_version", lambda: "0002")

    call(monkeypatch, "version", ShutdownSignal(), FakeUpgrade())

    assert capsys.readouterr().out == f"{current} (newest: 0002)\n"

"""`python -m db` as it is called."""

import sys
from typing import Any

import pytest

from db import __main__ as program
from db.errors import StoreUnavailable
from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal

AWAY = StoreUnavailable("Connection refused")


class Upgrades:
    """Upgrades that fail so often first."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.done = 0

    def __call__(self, _settings: Any) -> str:
        if self.troubles:
            raise self.troubles.pop(0)
        self.done += 1
        return "0001"


def call(monkeypatch: pytest.MonkeyPatch, command: str, stop: ShutdownSignal, upgrades: Upgrades) -> None:
    monkeypatch.setattr(program, "upgrade", upgrades)
    monkeypatch.setattr(sys, "argv", ["db", command])
    program.main(stop)


@pytest.mark.usefixtures("quick_retries")
def test_upgrade_waits_for_the_database_and_tells_the_version(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    upgrades = Upgrades(AWAY, AWAY)

    call(monkeypatch, "upgrade", ShutdownSignal(), upgrades)

    out = capsys.readouterr().out
    assert upgrades.done == 1
    assert out.count("database unavailable") == 2
    assert "schema is current" in out
    assert "version=0001" in out


def test_a_stop_ends_the_wait_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, upgrades = ShutdownSignal(), Upgrades(AWAY, AWAY)
    stop.set()

    with pytest.raises(ShutdownRequested):
        call(monkeypatch, "upgrade", stop, upgrades)

    assert upgrades.done == 0


@pytest.mark.parametrize("current", ["0001", None])
def test_version_tells_what_is_there_and_what_is_newest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], current: str | None
) -> None:
    monkeypatch.setattr(program, "current_version", lambda _settings: current)
    monkeypatch.setattr(program, "newest_version", lambda: "0002")

    call(monkeypatch, "version", ShutdownSignal(), Upgrades())

    assert capsys.readouterr().out == f"{current} (newest: 0002)\n"

"""Programs run while a block runs."""

import sys
from pathlib import Path

import pytest

from native.logfile import tail
from native.program import running
from runtime.errors import ServiceUnavailable
from tests.unit.native.processes import program


def test_a_program_runs_during_the_block(tmp_path: Path) -> None:
    example = program(tmp_path)
    with running(example, ready=lambda: "up" in tail(example.log), timeout_seconds=60):
        assert "up" in tail(example.log)


def test_a_program_that_exits_before_it_is_ready_is_reported(tmp_path: Path) -> None:
    example = program(tmp_path, (sys.executable, "-c", "print('no space left')"))
    with (
        pytest.raises(ServiceUnavailable, match=r"(?s)example exited.*no space left"),
        running(example, ready=lambda: False, timeout_seconds=60),
    ):
        pytest.fail("it was never ready")


def test_a_program_that_is_never_ready_is_stopped(tmp_path: Path) -> None:
    with (
        pytest.raises(ServiceUnavailable, match="example was not ready after 0 s"),
        running(program(tmp_path), ready=lambda: False, timeout_seconds=0),
    ):
        pytest.fail("it was never ready")

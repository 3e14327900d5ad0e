"""How a command ends: output that cannot be written, and errors."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.command_line import run_command
from runtime.errors import ConfigurationError

PROGRAM = """
import sys
from runtime.command_line import run_command
run_command(lambda: [print("grün " * 20) for _ in range(int(sys.argv[1]))])
"""


SERVICE = """
import sys
import structlog
from runtime.lifecycle import run
def main(stop):
    for number in range(int(sys.argv[1])):
        structlog.get_logger().info("grün " * 20, number=number)
sys.exit(run(main))
"""


def run(
    lines: int, stdout: int, program: str = PROGRAM, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, str(lines)],
        stdout=stdout, stderr=subprocess.PIPE, env={**os.environ, **variables}, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("lines", [1, 10_000])
def test_output_that_cannot_be_written_is_one_message(lines: int) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(lines, full.fileno())

    assert (done.returncode, done.stderr) == (1, "cannot write the output: No space left on device\n")


@pytest.mark.parametrize("lines", [1, 1_000])
def test_a_service_goes_on_when_its_log_cannot_be_written(lines: int) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(lines, full.fileno(), SERVICE)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_log_is_escaped_where_the_encoding_lacks_a_character() -> None:
    done = run(1, subprocess.PIPE, SERVICE, PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, "")
    assert "gr\\xfcn" in done.stdout


def test_a_reader_that_has_left_is_no_message() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = run(10_000, writer)
    finally:
        os.close(writer)

    assert (done.returncode, done.stderr) == (1, "")


def test_what_the_terminal_cannot_show_is_escaped() -> None:
    done = run(1, subprocess.PIPE, PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("gr\\xfcn ")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (SystemExit(3), 3, ""),
        (SystemExit(), 0, ""),
        (SystemExit("a reason"), 1, "a reason\n"),
        (ConfigurationError("HTTP_PORT: wrong"), 78, "HTTP_PORT: wrong\n"),
        (KeyboardInterrupt(), 130, ""),
        (PermissionError(13, "Permission denied", "/etc/shadow"), 1, "/etc/shadow: Permission denied\n"),
        (OSError(24, "Too many open files"), 1, "Too many open files\n"),
    ],
)
def test_an_error_becomes_an_exit_code_and_a_message(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, message: str
) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        run_command(fail)

    assert end.value.code == code
    assert capsys.readouterr().err == message


def test_a_message_that_cannot_be_written_changes_no_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ConfigurationError("wrong")

    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)

    with pytest.raises(SystemExit) as end:
        run_command(fail)

    assert end.value.code == 78


MESSAGE = """
import sys
from runtime.command_line import run_command
from sensorctl.output import console, print_message, progress_bar
def command():
    with progress_bar():
        console().print("data")
        console(stderr=True).print("a status")
        print_message("a message")
run_command(command)
"""


@pytest.mark.parametrize(("closed", "out"), [("2>&-", "data\n"), (">&-", ""), (">&- 2>&-", "")])
def test_a_stream_that_is_closed_is_no_terminal_and_gets_nothing(closed: str, out: str) -> None:
    command = f'exec "$0" -c "$1" {closed}'

    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, MESSAGE], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, out)
    assert "Traceback" not in done.stderr

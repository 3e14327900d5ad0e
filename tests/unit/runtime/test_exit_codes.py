"""How the end of a child process is described."""

import signal

import pytest

from runtime.exit_codes import describe_exit


@pytest.mark.parametrize(
    ("exit_code", "description"),
    [
        (0, "ended with exit code 0"),
        (78, "ended with exit code 78"),
        (-signal.SIGKILL, "was killed by SIGKILL"),
        (-(signal.SIGRTMIN + 1), f"was killed by signal {signal.SIGRTMIN + 1}"),
    ],
)
def test_the_end_of_a_process_is_described(exit_code: int, description: str) -> None:
    assert describe_exit(exit_code) == description

"""The owners' passwords, which the servers keep with their data, changed as the documentation says."""

import re

import psycopg
import pytest

from tests.e2e.compose import ROOT, ComposeStack

SECURITY = ROOT / "docs" / "operations" / "security.md"
# What a shell, SQL or a URL would read in another way.
PASSWORD = "new $HOME'\"#%;:@ é"


def change_passwords(stack: ComposeStack, password: str) -> None:
    """Run the documented commands as if .env had the new passwords."""
    section = (
        SECURITY.read_text(encoding="utf-8").partition("## Changing passwords\n")[2].partition("\n## ")[0]
    )
    commands = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert len(commands) == 1
    stack.run("bash", "-ec", commands[0], RABBITMQ_PASS=password, POSTGRES_PASSWORD=password)


def log_in(stack: ComposeStack, password: str) -> tuple[int, int]:
    """Log in to both servers; return the number of readings, and the exit code of the broker's check."""
    with psycopg.connect(stack.database_url, password=password, connect_timeout=5) as connection:
        [(readings,)] = connection.execute("SELECT count(*) FROM reading").fetchall()
    check = (
        "docker",
        "compose",
        "exec",
        "-T",
        "rabbitmq",
        "rabbitmqctl",
        "authenticate_user",
        "sensors",
        password,
    )
    return readings, stack.run_unchecked(*check).returncode


def test_the_owners_passwords_are_changed_and_the_data_is_kept(stack: ComposeStack) -> None:
    # given
    before, _ = log_in(stack, "sensors")
    try:
        # when
        change_passwords(stack, PASSWORD)
        # then
        after, code = log_in(stack, PASSWORD)
        assert (after >= before > 0, code) == (True, 0)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            log_in(stack, "sensors")
    finally:
        change_passwords(stack, "sensors")
    assert log_in(stack, "sensors")[1] == 0

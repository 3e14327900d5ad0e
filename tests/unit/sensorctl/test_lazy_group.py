"""The commands of `sensorctl` are imported when they run."""

import subprocess
import sys
from typing import Any

import pytest
import typer

from sensorctl.program import Commands, app

SLOW_LIBRARIES = ("sqlalchemy", "alembic", "psycopg", "pika", "pydantic", "structlog")
HELP = f"""
import sys
from sensorctl.program import app
try:
    app(["--help"])
finally:
    print("slow:", [name for name in {SLOW_LIBRARIES} if name in sys.modules])
"""


def test_the_help_imports_neither_a_command_nor_its_libraries() -> None:
    completed = subprocess.run(
        [sys.executable, "-c", HELP], capture_output=True, text=True, check=True, timeout=120
    )

    assert "Account for every published reading" in completed.stdout
    assert "slow: []" in completed.stdout


def test_a_command_that_does_not_set_up_does_not_import_alembic() -> None:
    program = "import sys, sensorctl.summary; print('alembic' in sys.modules)"
    completed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )

    assert completed.stdout == "False\n"


@pytest.mark.parametrize("name", Commands.entries)
def test_the_list_of_commands_has_the_first_line_of_each_command(name: str) -> None:
    group: Any = typer.main.get_command(app)
    command = group.commands[name]

    assert command.name == name
    assert command.help.split("\n")[0] == Commands.entries[name].help
    assert "Raises:" not in command.help
    assert group.commands.get(name) is command


def test_an_unknown_command_is_not_imported() -> None:
    group: Any = typer.main.get_command(app)

    assert group.commands.get("unknown") is None

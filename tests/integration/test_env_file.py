"""Docker Compose and this project read the same values from `.env`, or this project refuses the file."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.env_file import read_env_file
from runtime.errors import ConfigurationError
from tests.e2e.compose import require_docker
from tests.env_file_lines import ENVIRONMENT, LINES

COMPOSE_FILE = """
services:
{services}
"""
SERVICE = """  s{number}:
    image: none
    environment: {{V: "${{V{number}-unset}}"}}
"""
# The names that a line sets or refers to; in one common file they are numbered.
NAMES = re.compile(r"\b[VW]\b(?=[ \t]*=)|(?<=\$)W\b")
FRAGMENTS = (*"ab1 \t\n\"'\\$#{}:-=_né", "word", "EMPTY", "unset", "$word", "${", ":-", "\\n")
VALUES = st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("".join)


@pytest.fixture(scope="module", autouse=True)
def _docker() -> None:
    require_docker()


def compose_values(folder: Path, number: int) -> list[str]:
    """Return the values of V0, V1 … that Compose reads from the `.env` in this folder."""
    services = "".join(SERVICE.format(number=index) for index in range(number))
    (folder / "docker-compose.yml").write_text(COMPOSE_FILE.format(services=services))
    done = subprocess.run(
        ["docker", "compose", "config", "--format", "json"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **ENVIRONMENT},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    parsed = json.loads(done.stdout)["services"]
    return [parsed[f"s{index}"]["environment"]["V"].replace("$$", "$") for index in range(number)]


def number_names(text: str, number: int) -> str:
    """Return the line with names that no other line uses."""
    return NAMES.sub(lambda name: f"{name[0]}{number}", text)


def test_compose_reads_the_same_value_from_each_line(tmp_path: Path) -> None:
    # A byte-order mark is one only at the beginning of the file.
    lines = sorted(
        (line for line in LINES if line.value is not None), key=lambda line: line.text[0] != "\ufeff"
    )
    text = "\n".join(number_names(line.text, number) for number, line in enumerate(lines))
    (tmp_path / ".env").write_bytes(text.encode())

    assert compose_values(tmp_path, len(lines)) == [line.value for line in lines]


@given(values=st.lists(VALUES, min_size=25, max_size=25))
@settings(max_examples=20, deadline=None)
def test_compose_reads_the_same_value_or_the_line_is_refused(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    file = folder / ".env"
    expected = []
    accepted: list[str] = []
    for value in values:
        number = len(accepted)
        file.write_text(f"V{number}={value}\n")
        try:
            expected.append(read_env_file(file, ENVIRONMENT).values[f"V{number}"])
        except ConfigurationError:
            continue
        accepted.append(file.read_text())
    file.write_text("".join(accepted))

    assert compose_values(folder, len(accepted)) == expected

"""The code examples of README and the documentation are valid."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from sensorctl.program import app
from tests.unit.docs.markdown import ROOT, Block, blocks

# A call of `sensorctl` in a shell example, up to the end of the command.
CALL = re.compile(r"(?:^|[\s/])sensorctl +([^|#;&<>\n]*)")
VERB = re.compile(r"\bmake +((?:[a-z-]+))")


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_examples_compile(block: Block) -> None:
    compile(block.text, str(block.file), "exec")


@pytest.mark.parametrize("block", blocks("sh"), ids=str)
def test_shell_examples_parse(block: Block) -> None:
    parsed = subprocess.run(["bash", "-n"], input=block.text, text=True, capture_output=True, check=False)

    assert (parsed.returncode, parsed.stderr) == (0, "")


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_json_examples_are_json(block: Block) -> None:
    assert json.loads(block.text)


def test_the_first_program_is_the_same_on_every_page() -> None:
    programs = [block.text for block in blocks("python") if '"sensor_id": "kitchen"' in block.text]

    assert len(programs) == 2
    assert len(set(programs)) == 1
    assert len([line for line in programs[0].splitlines() if line]) <= 10


def test_every_mentioned_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {verb for block in blocks("sh") for verb in VERB.findall(block.text)}

    assert named <= verbs


def calls() -> Iterator[list[str]]:
    for block in blocks("sh"):
        for line in block.text.splitlines():
            for arguments in CALL.findall(line):
                yield shlex.split(arguments.replace("COMMAND", "doctor"))


@pytest.mark.parametrize("arguments", list(calls()), ids=shlex.join)
def test_every_call_of_sensorctl_names_a_command_and_options_that_exist(arguments: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    words = list(arguments)
    while commands := getattr(command, "commands", None):
        if command.invoke_without_command and not (words and words[0] in commands):
            break
        command = commands[words.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts}

    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known

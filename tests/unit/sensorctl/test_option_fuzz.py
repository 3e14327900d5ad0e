"""Any value of any option, and any small file, is accepted or refused with a message."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.errors import ServiceUnavailable
from sensorctl import __main__ as sensorctl_program
from sensorctl import settings as sensorctl_settings
from sensorctl.program import app

pytestmark = pytest.mark.usefixtures("without_garbage_collection")

EXIT_CODES = {0, 1, 2, 69, 78}
NO_SERVERS = (
    "status", "doctor", "summary", "storage", "reconcile", "import", "export", "dead", "logs",
    "anomalies", "model", "forecast", "evaluate", "workflow", "backfill", "schedule", "source", "dummy",
    "gaps",
)  # fmt: skip
FRAGMENTS = (
    "", "0", "1", "-1", "1.5", "nan", "inf", "1e999", "99999999999999999999", "2026-13-01", "2026-11-26",
    "10m", "999999999w", "0001-01-01T00:00+14:00", "9999-12-31T23:59:59-14:00", "\udce9", "é", "[", "[red]",
    "\x1b[31m", "%", "*", "{", "UTC", "+05:00", "../x", "-", "--", "tab", "utf-16", "idna", "%Y", "=", "a=b",
)  # fmt: skip
VALUES = st.sampled_from(FRAGMENTS) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
)
LINES = st.lists(
    st.sampled_from([
        "timestamp,sensor_id,temperature", "2026-11-26T00:00:00Z,1,21.5", "time;value", "26.11.2026;21,5",
        '{"sensor_id": "1", "timestamp": "2026-11-26T00:00:00Z", "temperature": 21.5}', "[", "]", "{}",
        "2026-11-26T00:00:00Z [info     ] stored  sensor=1", '"', ",,,", "\ufeff", "\x00", "1,2,3,4,5,6", "é",
    ]),
    max_size=6,
).map("\n".join)  # fmt: skip
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-8-sig", "latin-1", "utf-16-le"])
FILES = st.binary(max_size=40) | st.builds(lambda text, name: text.encode(name, "replace"), LINES, ENCODINGS)


def commands(group: Any, *path: str) -> list[tuple[tuple[str, ...], Any]]:
    found = []
    for name, command in group.commands.items():
        if getattr(command, "commands", None):
            found += commands(command, *path, name)
        elif (*path, name)[0] in NO_SERVERS and command.params:
            found.append(((*path, name), command))
    return found


COMMANDS = commands(typer.main.get_command(app))


def run(arguments: list[str], stdin: bytes = b"") -> tuple[Any, str]:
    """Run sensorctl without servers; return the exit code and the output."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(output), redirect_stderr(output):
        patch.setattr(sys, "argv", ["sensorctl", *arguments])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        patch.setattr(sensorctl_settings, "discover", refuse)
        with pytest.raises(SystemExit) as end:
            sensorctl_program.main()
    return end.value.code, output.buffer.getvalue().decode()


def refuse(*_: object) -> None:
    raise ServiceUnavailable("no servers in this test")


@given(data=st.data())
def test_any_value_of_any_option_is_accepted_or_refused(data: st.DataObject) -> None:
    path, command = data.draw(st.sampled_from(COMMANDS), label="command")
    arguments = []
    for parameter in data.draw(st.lists(st.sampled_from(command.params), max_size=3), label="parameters"):
        value = data.draw(VALUES, label="value")
        if parameter.param_type_name == "argument":
            arguments.append(value)
        else:
            arguments += [parameter.opts[0]] if parameter.is_flag else [parameter.opts[0], value]

    code, output = run([*path, *arguments])

    assert code in EXIT_CODES, output
    assert "Traceback" not in output


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json", "csv.gz"])
@settings(max_examples=40)
@given(content=FILES)
def test_any_file_is_shown_or_refused(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / f"fuzz.{suffix}"
    file.write_bytes(content)

    for arguments in (["import", "--dry-run", str(file)], ["import", "--dry-run", "-"], ["logs", str(file)]):
        code, output = run(arguments, content)

        assert code in EXIT_CODES, output
        assert "Traceback" not in output


@pytest.mark.parametrize("option", ["--wait=nan", "--wait=-1", "--wait=inf", "--wait=soon"])
def test_a_number_of_seconds_is_finite_and_not_negative(option: str) -> None:
    code, output = run(["summary", option])

    assert code == 2
    assert "is not a number of seconds" in output


@pytest.mark.parametrize("rate", ["nan", "0", "inf", "many"])
def test_a_rate_is_a_number(rate: str) -> None:
    code, output = run(["dead", "replay", "--rate", rate])

    assert code == 2
    assert "must be a number from 0.01 to 1e+06" in output


def test_json_that_is_nested_too_deeply_is_refused() -> None:
    code, output = run(["workflow", "run", "dummy", "--spec", "[" * 100_000])

    assert code == 2
    assert "Traceback" not in output
    assert len(output) < 2_000

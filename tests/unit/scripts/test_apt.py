"""scripts/apt.sh prints what apt-get says only when it fails."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "apt.sh"
FAILURE = "80 lines\nE: no such package\napt-get install failed.\n"


@pytest.mark.parametrize(("code", "output"), [(0, ""), (100, FAILURE)])
def test_the_output_is_shown_only_on_a_failure(tmp_path: Path, code: int, output: str) -> None:
    apt_get = tmp_path / "apt-get"
    apt_get.write_text(f"#!/bin/sh\necho 80 lines; echo E: no such package >&2; exit {code}\n")
    apt_get.chmod(0o755)
    # The function alone: the script changes which services the machine starts.
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("quietly() {"))
    function = "\n".join(lines[start : lines.index("}", start) + 1])

    done = subprocess.run(
        ["bash", "-c", f"{function}\nquietly apt-get install -y rabbitmq-server"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (min(code, 1), "", output)

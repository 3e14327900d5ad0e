"""The variables of a backup, of which a wrong one could let it delete what it should keep."""

import os
import subprocess
from pathlib import Path

import pytest

from native.settings import ROOT

SCRIPT = ROOT / "deploy" / "backup" / "backup.sh"


@pytest.mark.parametrize(
    ("command", "variable", "value"),
    [
        *(("check", "BACKUP_HOURS", value) for value in ("0.5", "12h", "-1", "08", " ")),
        *(("list", "BACKUP_KEEP", value) for value in ("0", "seven", "1.5")),
        ("run", "BACKUP_HOURS", "0"),
    ],
)
def test_a_value_that_is_no_whole_number_is_refused(
    tmp_path: Path, command: str, variable: str, value: str
) -> None:
    environment = {**os.environ, "BACKUP_DIR": str(tmp_path), variable: value}

    done = subprocess.run(
        ["bash", SCRIPT, command], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 78
    assert f"{variable} is '{value}'" in done.stderr


def test_a_folder_without_backups_is_named(tmp_path: Path) -> None:
    environment = {**os.environ, "BACKUP_DIR": str(tmp_path)}

    done = subprocess.run(
        ["bash", SCRIPT, "list"], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout == ""
    assert f"no base backup is in {tmp_path}: check BACKUP_DIR" in done.stderr

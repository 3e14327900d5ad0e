"""The benchmark measures real servers, as `make bench` runs it; a few messages tell whether it works."""

import json
import subprocess
import sys
from pathlib import Path

from tests.processes import inherited
from tests.services import ROOT

SECONDS = 240
MESSAGES = 200


def test_the_bench_measures_this_project_beside_the_floor(tmp_path: Path) -> None:
    # given: the floor's packages are those of the project too
    options = ["--sections", "single", "--variants", "project,floor", "--rounds", "1", "--seed", "7"]
    options += ["--messages", str(MESSAGES), "--peers", sys.executable, "--out", str(tmp_path)]
    # when
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *options],
        cwd=ROOT,
        env=inherited(),
        timeout=SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    # then
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert list(document["values"]["single"]) == ["project", "floor"]
    assert all(rate > 0 for (rate,) in document["values"]["single"].values())
    assert document["circumstances"]["queue"] == "quorum"
    assert "seed 7" in done.stdout
    assert "What must be reached" in done.stdout
    assert (tmp_path / "pictures" / "single.png").is_file()
    assert "this project" in (tmp_path / "report.md").read_text(encoding="utf-8")

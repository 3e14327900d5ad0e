"""The benchmark runs against real servers, as with `make bench` but with few messages."""

import json
import subprocess
import sys
from pathlib import Path

from tests.processes import inherited_environment
from tests.services import ROOT

TIMEOUT_SECONDS = 240
MESSAGES = 200


def test_the_benchmark_compares_this_project_with_the_baseline(tmp_path: Path) -> None:
    # given the baseline, which requires only the packages of this project
    options = ["--sections", "single", "--contenders", "project,baseline", "--rounds", "1", "--seed", "7"]
    options += ["--messages", str(MESSAGES), "--peers", sys.executable, "--out", str(tmp_path)]
    # when
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *options],
        cwd=ROOT,
        env=inherited_environment(),
        timeout=TIMEOUT_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    # then
    assert done.returncode == 0, done.stdout + done.stderr
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert list(document["values"]["single"]) == ["project", "baseline"]
    assert all(rate > 0 for (rate,) in document["values"]["single"].values())
    assert document["metadata"]["queue"] == "quorum"
    assert "seed 7" in done.stdout
    assert "Targets" in done.stdout
    assert (tmp_path / "pictures" / "single.svg").is_file()
    assert "this project" in (tmp_path / "report.md").read_text(encoding="utf-8")

"""The benchmark runs against real servers, as with `make bench` but with few messages."""

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.processes import service_environment
from tests.services import ROOT

TIMEOUT_SECONDS = 240
MESSAGES = 200


def run_benchmark(out: Path, *options: str) -> tuple[dict[str, Any], str]:
    """Return the report, and what was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--peers", sys.executable, "--out", str(out), *options],
        cwd=ROOT,
        env=service_environment(),
        timeout=TIMEOUT_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return document, done.stdout


def test_the_benchmark_compares_this_project_with_the_baseline(tmp_path: Path) -> None:
    # given the baseline, which requires only the packages of this project
    options = ["--sections", "single", "--contenders", "project,baseline", "--rounds", "1", "--seed", "7"]
    # when
    document, printed = run_benchmark(tmp_path, *options, "--messages", str(MESSAGES))
    # then
    assert list(document["values"]["single"]) == ["project", "baseline"]
    assert all(rate > 0 for (rate,) in document["values"]["single"].values())
    assert "quorum queue" in document["conditions"]["single"]
    assert "seed 7" in printed
    assert "Targets" in printed
    assert (tmp_path / "pictures" / "single.svg").is_file()
    assert "this project" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_automatic_batches_store_what_is_offered(tmp_path: Path) -> None:
    document, _ = run_benchmark(tmp_path, "--quick", "--sections", "offered", "--contenders", "auto")

    measured = document["values"]["offered"]
    for consumers, rate in itertools.product((1, 3), (100, 2_000)):
        (stored,), (confirmed,) = (
            measured[f"auto/{consumers}/{rate}/{name}"] for name in ("stored", "confirmed")
        )
        # A collapse stores a tenth; both were measured at the same time, so a busy machine slows both.
        assert stored > confirmed / 2
    assert (tmp_path / "pictures" / "offered.svg").is_file()

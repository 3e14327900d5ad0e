"""Prometheus' own tool checks the configuration and runs the unit tests of the alerts."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.services import ROOT

IMAGE = "prom/prometheus:v2.53.3"
FILES = ROOT / "deploy" / "prometheus"
SECONDS = 300


def run(command: Sequence[str], directory: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def succeeds(*command: str, directory: Path = ROOT) -> bool:
    return shutil.which(command[0]) is not None and run(command, directory).returncode == 0


def debians_own(directory: Path) -> str | None:
    """The tool of Debian's package, which is unpacked and not installed; None where it cannot be had."""
    if os.geteuid() == 0:
        succeeds("apt-get", "update", "-q")
    if not succeeds("apt-get", "download", "-q", "prometheus", directory=directory):
        return None
    [package] = directory.glob("*.deb")
    assert succeeds("dpkg-deb", "-x", str(package), str(directory))
    return str(directory / "usr" / "bin" / "promtool")


@pytest.fixture(scope="module")
def promtool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """A command: the machine's own, the image's where a Docker engine answers, or Debian's."""
    if shutil.which("promtool"):
        yield ["promtool"]
    elif succeeds("docker", "run", "--rm", "--entrypoint", "promtool", IMAGE, "--version"):
        yield ["docker", "run", "--rm", "-v", f"{FILES}:{FILES}:ro", "--entrypoint", "promtool", IMAGE]
    elif unpacked := debians_own(tmp_path_factory.mktemp("promtool")):
        yield [unpacked]
    else:
        pytest.skip(f"no promtool, no image {IMAGE}, and Debian's package prometheus cannot be had")


def test_the_configuration_and_its_rules_are_valid(promtool: list[str]) -> None:
    done = run([*promtool, "check", "config", str(FILES / "prometheus.yml")])

    assert done.returncode == 0, done.stdout + done.stderr
    assert "rules found" in done.stdout


def test_every_alert_fires_when_it_should_and_clears(promtool: list[str]) -> None:
    done = run([*promtool, "test", "rules", str(FILES / "alerts_test.yml")])

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_alert_is_without_a_test() -> None:
    alerts = {line.split()[-1] for line in lines_of("alerts.yml") if "- alert:" in line}
    tests = "\n".join(lines_of("alerts_test.yml"))

    assert len(alerts) >= 6
    assert {alert for alert in alerts if alert not in tests} == set()


def lines_of(name: str) -> list[str]:
    return (FILES / name).read_text(encoding="utf-8").splitlines()

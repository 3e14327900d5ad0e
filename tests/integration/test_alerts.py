"""promtool checks the configuration of Prometheus and runs the unit tests of the alerts."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.services import ROOT

IMAGE = "prom/prometheus:v2.53.3"
FILES = ROOT / "deploy" / "prometheus"
TIMEOUT_SECONDS = 300


def run(command: Sequence[str], directory: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )


def succeeds(*command: str, directory: Path = ROOT) -> bool:
    return shutil.which(command[0]) is not None and run(command, directory).returncode == 0


def unpack_debian_package(directory: Path) -> str | None:
    """Unpack Debian's package without installing it; return the path of promtool, or None without it."""
    if os.geteuid() == 0:
        succeeds("apt-get", "update", "-q")
    if not succeeds("apt-get", "download", "-q", "prometheus", directory=directory):
        return None
    [package] = directory.glob("*.deb")
    assert succeeds("dpkg-deb", "-x", str(package), str(directory))
    return str(directory / "usr" / "bin" / "promtool")


@pytest.fixture(scope="module")
def promtool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The command: the installed one, that of the image, or that of Debian's package."""
    if shutil.which("promtool"):
        yield ["promtool"]
    elif succeeds("docker", "run", "--rm", "--entrypoint", "promtool", IMAGE, "--version"):
        yield ["docker", "run", "--rm", "-v", f"{FILES}:{FILES}:ro", "--entrypoint", "promtool", IMAGE]
    elif unpacked := unpack_debian_package(tmp_path_factory.mktemp("promtool")):
        yield [unpacked]
    else:
        pytest.skip(f"no promtool, no image {IMAGE}, and Debian's package prometheus cannot be downloaded")


def test_the_configuration_and_its_rules_are_valid(promtool: list[str]) -> None:
    result = run([*promtool, "check", "config", str(FILES / "prometheus.yml")])

    assert result.returncode == 0, result.stdout + result.stderr
    assert "rules found" in result.stdout


def test_every_alert_fires_when_it_should_and_resolves(promtool: list[str]) -> None:
    result = run([*promtool, "test", "rules", str(FILES / "alerts_test.yml")])

    assert result.returncode == 0, result.stdout + result.stderr


def test_every_alert_has_a_test() -> None:
    alerts = {line.split()[-1] for line in read_lines("alerts.yml") if "- alert:" in line}
    tests = "\n".join(read_lines("alerts_test.yml"))

    assert len(alerts) >= 6
    assert {alert for alert in alerts if alert not in tests} == set()


def read_lines(name: str) -> list[str]:
    return (FILES / name).read_text(encoding="utf-8").splitlines()

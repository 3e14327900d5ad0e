"""The steps of docs/development/adding-a-service.md add a working service to a copy of the repository."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from native.ports import free_port
from tests.waiting import DEADLINE_SECONDS, eventually

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "development" / "adding-a-service.md"
BLOCK = re.compile(r'^```(\w+) title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
NOT_COPIED = shutil.ignore_patterns(
    "__pycache__",
    ".git",
    ".venv",
    ".*_cache",
    ".native",
    ".bench*",
    ".sources",
    ".kubernetes",
    ".site",
    ".coverage*",
)
REGISTRY_TESTS = "tests/unit/test_service_registry.py"
# That of Kubernetes requires its renderer; the steps for it are described in words.
DEPLOY_TESTS = ("test_alerts", "test_cluster", "test_swarm_stack", "test_compose_file")
# What each part of the system derives from the registry, one line each.
REPORT = """
from monitoring.discovery import build_discoveries
from native.services import service_instances
from native.settings import StackSettings
from runtime.services import Stage
from scripts.docs import service_table
from sensorctl.settings import SetupSettings
from sensorctl.stack_variables import COMPOSE_DEFAULTS

(instance,) = [i for i in service_instances(StackSettings(), 1) if i.service.module == "heartbeat"]
print(instance.name, instance.http_port, instance.service.stage == Stage.ALERTER - 1)
print("heartbeat" in [discovery.name for discovery in build_discoveries("compose")])
print([user.name for user in SetupSettings(rabbitmq_heartbeat_pass="secret").broker_users])
print(COMPOSE_DEFAULTS["RABBITMQ_HEARTBEAT_USER"], COMPOSE_DEFAULTS["RABBITMQ_HEARTBEAT_PASS"])
print("| `heartbeat` | `heartbeat` | `sensors-tools` | 9100 |" in service_table.page())
"""


class Block(NamedTuple):
    """A code block of the page: a new file, or a diff of an existing one."""

    language: str
    path: str
    text: str

    def apply(self, root: Path) -> None:
        file = root / self.path
        if self.language != "diff":
            file.parent.mkdir(exist_ok=True)
            file.write_text(self.text, encoding="utf-8")
            return
        lines = self.text.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{self.path} contains these lines {text.count(old)} times:\n{old}"
        file.write_text(text.replace(old, new), encoding="utf-8")


def blocks() -> list[Block]:
    return [Block(*match) for match in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository to which the whole page was applied."""
    return applied(tmp_path_factory.mktemp("page") / "copy", blocks())


def applied(root: Path, steps: list[Block]) -> Path:
    shutil.copytree(ROOT, root, ignore=NOT_COPIED)
    for block in steps:
        block.apply(root)
    return root


def run(root: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=root, env=environment(**variables), capture_output=True, text=True, check=False
    )


def environment(**variables: str) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return inherited | variables


def run_tests(root: Path, *files: str) -> subprocess.CompletedProcess[str]:
    options = ("-q", "--noconftest", "-p", "no:cacheprovider")
    return run(root, sys.executable, "-m", "pytest", *options, *files)


def test_every_part_of_the_system_has_the_service(copy: Path) -> None:
    done = run(copy, sys.executable, "-c", REPORT)
    assert done.stdout.splitlines() == [
        "heartbeat 9151 True",
        "True",
        "['heartbeat']",
        "heartbeat heartbeat",
        "True",
    ], done.stderr


def test_every_file_that_names_the_services_has_the_new_one(copy: Path) -> None:
    deploy = [f"tests/unit/deploy/{name}.py" for name in DEPLOY_TESTS]
    done = run_tests(copy, REGISTRY_TESTS, *deploy)
    assert done.returncode == 0, done.stdout


def test_without_the_other_steps_the_registry_tests_name_each_that_is_missing(tmp_path: Path) -> None:
    required = ("heartbeat/", "runtime/services.py")
    done = run_tests(
        applied(tmp_path / "copy", [b for b in blocks() if b.path.startswith(required)]), REGISTRY_TESTS
    )
    for name in (
        "test_the_import_rules_cover_every_package",
        "test_a_broker_user_has_permissions_and_its_credentials_reach_setup[heartbeat]",
        "test_compose_runs_the_services_of_the_registry",
        "test_an_image_contains_its_services_and_what_they_import[heartbeat]",
        "test_prometheus_scrapes_every_instance_under_the_name_of_its_module[heartbeat]",
    ):
        assert f"FAILED {REGISTRY_TESTS}::{name}" in done.stdout


def test_the_code_passes_the_linters(copy: Path) -> None:
    python = sorted({block.path for block in blocks() if block.path.endswith(".py")})
    for name, *arguments in (
        ["ruff", "check", *python],
        ["ruff", "format", "--check", *python],
        ["lint-imports"],
    ):
        done = run(copy, str(Path(sys.executable).parent / name), *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_service_runs_responds_to_its_probe_and_stops(copy: Path) -> None:
    port = str(free_port())
    command = (sys.executable, "-m", "heartbeat")

    def is_ready() -> bool:
        return run(copy, sys.executable, "-m", "runtime.probe", HTTP_PORT=port).returncode == 0

    with subprocess.Popen(command, cwd=copy, env=environment(HTTP_PORT=port)) as service:
        try:
            eventually(is_ready, DEADLINE_SECONDS, "the service is not ready")
            service.terminate()
            assert service.wait(timeout=DEADLINE_SECONDS) == 0
        finally:
            service.kill()

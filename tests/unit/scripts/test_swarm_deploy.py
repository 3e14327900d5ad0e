"""`deploy/swarm/deploy.sh` reads its variables from the environment or from `.env`; the Swarm is a script."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
# Compose is the real one; of everything else the calls are recorded.
DOCKER = r"""#!/usr/bin/env bash
if [ "$1" = compose ]; then exec "$REAL_DOCKER" "$@"; fi
echo "docker $*" >> "$CALLS"
case "$*" in
  info*) echo true ;;
  "node ls"*) echo a-node ;;
  "secret ls"*) echo "$SECRETS" ;;
  "stack deploy --with"*) cp "${@: -2:1}" "$CALLS.json" ;;
esac
"""
FOLDERS = ("deploy", "sensor/samples")
SECRETS = yaml.safe_load((ROOT / "deploy" / "swarm" / "compose.yml").read_text(encoding="utf-8"))["secrets"]


class Swarm:
    """A checkout, and what its deploy.sh requests of the manager."""

    def __init__(self, folder: Path, docker: str) -> None:
        self.checkout, self._calls, self._docker = folder / "checkout", folder / "calls", docker
        for name in FOLDERS:
            shutil.copytree(ROOT / name, self.checkout / name)
        shutil.copy(ROOT / "docker-compose.yml", self.checkout)
        (folder / "docker").write_text(DOCKER)
        (folder / "docker").chmod(0o755)

    def deploy(self, env_file: str, stack: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Deploy where the secrets of this stack exist."""
        (self.checkout / ".env").write_text(env_file)
        own = {
            "PATH": f"{self._calls.parent}:{os.environ['PATH']}",
            "REAL_DOCKER": self._docker,
            "CALLS": str(self._calls),
            "SECRETS": "\n".join(f"{stack}-{name}" for name in SECRETS),
        }
        return subprocess.run(
            ["bash", str(self.checkout / "deploy" / "swarm" / "deploy.sh")],
            env=own | variables, cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip

    @property
    def calls(self) -> str:
        return self._calls.read_text() if self._calls.exists() else ""

    @property
    def stack(self) -> dict[str, Any]:
        """The stack that was deployed."""
        found: dict[str, Any] = json.loads(self._calls.with_name("calls.json").read_text())
        return found


@pytest.fixture
def swarm(tmp_path: Path) -> Swarm:
    docker = shutil.which("docker")
    if (
        not docker
        or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode
    ):
        pytest.skip("Docker Compose is not installed")
    return Swarm(tmp_path, docker)


def test_profiles_registry_and_name_come_from_the_env_file(swarm: Swarm) -> None:
    done = swarm.deploy(
        "COMPOSE_PROFILES=scaler\nSENSORS_REGISTRY=registry:5000/\nSTACK=heat\n", stack="heat"
    )

    assert done.returncode == 0, done.stderr
    assert swarm.calls.rstrip().endswith(" heat")
    assert "docker push --quiet registry:5000/sensors-pipeline" in swarm.calls
    assert "secret create" not in swarm.calls
    services = swarm.stack["services"]
    assert {"scaler", "sensorctl"} <= services.keys()
    assert services["scaler"]["environment"]["SCALER_SWARM_SERVICE"] == "heat_pipeline-processor"


def test_the_environment_takes_precedence_over_the_env_file(swarm: Swarm) -> None:
    done = swarm.deploy(
        "COMPOSE_PROFILES=scaler\nSTACK=heat\n", stack="cold", STACK="cold", COMPOSE_PROFILES="workflows"
    )

    assert done.returncode == 0, done.stderr
    assert swarm.calls.rstrip().endswith(" cold")
    assert "docker push" not in swarm.calls
    assert "workflows" in swarm.stack["services"]
    assert "scaler" not in swarm.stack["services"]


def test_a_registry_that_is_no_prefix_is_refused(swarm: Swarm) -> None:
    done = swarm.deploy("SENSORS_REGISTRY=registry:5000\n", stack="sensors")

    assert (done.returncode, swarm.calls) == (78, "")
    assert "SENSORS_REGISTRY is 'registry:5000': must end with a slash" in done.stderr

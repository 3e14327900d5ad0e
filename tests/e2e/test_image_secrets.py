"""Images built in a folder with secrets contain none of them: not in a layer, a variable or the history."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.compose import ComposeStack, copy_repository, require_docker

SECRET = "Recogn1sable-secret"
VARIABLES = (
    "RABBITMQ_PASS", "RABBITMQ_SENSOR_PASS", "RABBITMQ_PIPELINE_PASS", "RABBITMQ_OPERATOR_PASS",
    "RABBITMQ_ALERTER_PASS", "ALERT_WEBHOOK_URL", "ALERT_URLS",
    "POSTGRES_PASSWORD", "POSTGRES_WRITER_PASSWORD", "POSTGRES_READER_PASSWORD",
    "POSTGRES_MANAGER_PASSWORD",
    "POSTGRES_EVALUATOR_PASSWORD",
    "POSTGRES_ANALYST_PASSWORD",
    "POSTGRES_WORKER_PASSWORD",
)  # fmt: skip
FILES = (
    ".env",
    ".native/stack.env",
    ".native/passwords/sensor",
    "deploy/rabbitmq/definitions.json",
    "key.pem",
)
IMAGES = {
    "setup": "tools",
    "sensor-1": "sensor",
    "pipeline-processor": "pipeline",
    "dashboard": "dashboard",
}


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The images with unique names, built in a checkout and an environment with secrets."""
    require_docker()
    folder = copy_repository(tmp_path_factory.mktemp("clone"))
    for file in FILES:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("".join(f"{name}={SECRET}\n" for name in VARIABLES))
    run = uuid.uuid4().hex[:8]
    names = {service: f"sensors-secrets-{run}-{kind}" for service, kind in IMAGES.items()}
    stack = ComposeStack(folder, project=f"sensors-secrets-{run}")
    override = write_override(folder, names)
    try:
        variables = dict.fromkeys(VARIABLES, SECRET)
        stack.compose(
            "-f", "docker-compose.yml", "-f", str(override), "build", *names, COMPOSE_FILE="", **variables
        )
        yield list(names.values())
    finally:
        subprocess.run(["docker", "image", "rm", *names.values()], capture_output=True, check=False)


def write_override(folder: Path, names: dict[str, str]) -> Path:
    override = folder / "names.yml"
    services = "".join(f"  {service}: {{image: {name}}}\n" for service, name in names.items())
    override.write_text(f"services:\n{services}")
    return override


def test_neither_variables_nor_history_contain_a_secret(images: list[str]) -> None:
    for image in images:
        for command in (["inspect", image], ["history", "--no-trunc", image]):
            output = subprocess.run(
                ["docker", "image", *command], capture_output=True, text=True, check=True
            ).stdout
            assert image.split(":")[0] in output or "CREATED" in output
            assert SECRET not in output


def test_no_layer_contains_a_secret(images: list[str], tmp_path: Path) -> None:
    # given an archive of all images, with their shared layers
    archive = tmp_path / "images.tar"
    subprocess.run(["docker", "image", "save", "--output", str(archive), *images], check=True)
    for image in images:
        assert occurrences(archive, image) > 0, f"{image} is not in the archive"
    assert occurrences(archive, "runtime/settings.py") > 0, "the search does not find a known file"
    # then
    assert occurrences(archive, SECRET) == 0


def occurrences(archive: Path, words: str) -> int:
    """Return the number of lines in the archive that contain the words."""
    found = subprocess.run(
        ["grep", "--text", "--count", "--fixed-strings", words, str(archive)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return int(found.stdout)

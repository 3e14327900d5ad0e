"""The contents of the images."""

import pytest

from tests.e2e.compose import ComposeStack


@pytest.mark.parametrize(
    ("image", "max_megabytes"),
    [
        ("sensors-sensor", 60),
        ("sensors-pipeline", 120),
        ("sensors-dashboard", 125),
        ("sensors-analysis", 180),
    ],
)
def test_the_project_adds_little_to_the_base_image(
    stack: ComposeStack, image: str, max_megabytes: int
) -> None:
    size, base = (
        int(stack.run("docker", "image", "inspect", "-f", "{{.Size}}", name))
        for name in (image, "python:3.13-slim")
    )
    assert size - base <= max_megabytes * 1_000_000


@pytest.mark.parametrize(
    "image",
    ["sensors-sensor", "sensors-pipeline", "sensors-tools", "sensors-dashboard", "sensors-analysis"],
)
def test_the_image_has_an_unprivileged_user_bytecode_and_no_compiler(stack: ComposeStack, image: str) -> None:
    user = stack.run("docker", "image", "inspect", "-f", "{{.Config.User}}", image).strip()
    assert user == "10001:10001"
    script = "! command -v gcc && ! command -v cc && test -e /app/runtime/__pycache__/settings.cpython-*.pyc"
    stack.run("docker", "run", "--rm", "--entrypoint", "sh", image, "-c", script)


def test_the_sensor_image_has_no_database_packages(stack: ComposeStack) -> None:
    script = (
        "import importlib.util as u; "
        "print([m for m in ('sqlalchemy', 'psycopg', 'db', 'pipeline', 'pip') if u.find_spec(m)])"
    )
    assert stack.run("docker", "run", "--rm", "sensors-sensor", "python", "-c", script).strip() == "[]"

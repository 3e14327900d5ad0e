"""What is in the images that the stack runs."""

import pytest

from tests.e2e.compose import ComposeStack


@pytest.mark.parametrize(
    ("image", "most"), [("sensors-sensor", 60), ("sensors-pipeline", 120), ("sensors-dashboard", 125)]
)
def test_the_project_adds_little_to_the_base(stack: ComposeStack, image: str, most: int) -> None:
    size, base = (
        int(stack.run("docker", "image", "inspect", "-f", "{{.Size}}", name))
        for name in (image, "python:3.13-slim")
    )
    assert size - base <= most * 1_000_000


@pytest.mark.parametrize(
    "image", ["sensors-sensor", "sensors-pipeline", "sensors-tools", "sensors-dashboard"]
)
def test_the_user_is_not_root_and_there_is_no_compiler(stack: ComposeStack, image: str) -> None:
    user = stack.run("docker", "image", "inspect", "-f", "{{.Config.User}}", image).strip()
    assert user == "10001:10001"
    script = "! command -v gcc && ! command -v cc"
    stack.run("docker", "run", "--rm", "--entrypoint", "sh", image, "-c", script)


def test_the_sensor_knows_no_database(stack: ComposeStack) -> None:
    script = (
        "import importlib.util as u; "
        "print([m for m in ('sqlalchemy', 'psycopg', 'db', 'pipeline', 'pip') if u.find_spec(m)])"
    )
    assert stack.run("docker", "run", "--rm", "sensors-sensor", "python", "-c", script).strip() == "[]"

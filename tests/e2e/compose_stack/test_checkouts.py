"""Another checkout leaves the stack alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.compose import ComposeStack, copy_repository


@pytest.mark.parametrize("verb", ["up", "down", "clean"])
def test_another_checkout_does_not_touch_the_stack(stack: ComposeStack, tmp_path: Path, verb: str) -> None:
    before = [container["Id"] for container in stack.containers()]
    other = replace(stack, folder=copy_repository(tmp_path))

    with pytest.raises(AssertionError, match=f"belongs to the checkout {stack.folder}, not to this one"):
        other.run("make", verb, YES="1")

    assert [container["Id"] for container in stack.containers()] == before


def test_the_volumes_name_their_checkout(stack: ComposeStack) -> None:
    label = "com.docker.compose.project"
    selection = ("--filter", f"label={label}={stack.project}")
    template = f'{{{{.Name}}}} {{{{.Label "{label}.working_dir"}}}}'
    listed = stack.run("docker", "volume", "ls", *selection, "--format", template)

    assert f"{stack.project}_postgres-data {stack.folder}" in listed.splitlines()

"""A stack for all tests of this folder."""

import uuid
from collections.abc import Iterator

import pytest

from tests.e2e.compose import ComposeStack, copy_repository, require_docker
from tests.e2e.prometheus import Prometheus

CONSUMERS = 3


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeStack]:
    """The stack of a fresh clone, started as a user starts it; `up_output` is the output of the start."""
    require_docker()
    folder = copy_repository(tmp_path_factory.mktemp("clone"))
    stack = ComposeStack(folder, project=f"sensors-e2e-{uuid.uuid4().hex[:8]}", profiles="metrics")
    try:
        stack.up_output = stack.up()
        yield stack
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")


@pytest.fixture(scope="package")
def prometheus(stack: ComposeStack) -> Prometheus:
    return Prometheus(stack.prometheus_port)

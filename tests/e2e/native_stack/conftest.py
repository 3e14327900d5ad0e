"""A native stack for all tests of this folder."""

from collections.abc import Iterator

import pytest

from native.state import Phase, read_state
from tests.e2e.native import NativeStack, require_rabbitmq

CONSUMERS = ["pipeline-1", "pipeline-2"]


@pytest.fixture(scope="package")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeStack]:
    """The stack in the state in which the previous test left it."""
    require_rabbitmq()
    stack = NativeStack(tmp_path_factory.mktemp("natíve"))
    try:
        yield stack
    finally:
        stack.down()


@pytest.fixture
def stack(shared_stack: NativeStack) -> NativeStack:
    """The stack, running with two consumers."""
    if not is_running(shared_stack) or shared_stack.consumers() != CONSUMERS:
        shared_stack.up(PIPELINES="2")
    return shared_stack


@pytest.fixture
def stopped_stack(shared_stack: NativeStack) -> NativeStack:
    """The stack, stopped."""
    if is_running(shared_stack):
        shared_stack.down()
    return shared_stack


def is_running(stack: NativeStack) -> bool:
    state = read_state(stack.layout.state_file)
    return state is not None and state.phase is Phase.RUNNING and state.supervisor.is_alive()

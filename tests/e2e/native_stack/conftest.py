"""One native stack for all tests of this folder."""

from collections.abc import Iterator

import pytest

from native.state import Phase, read_state
from tests.e2e.native import NativeStack, needs_rabbitmq

CONSUMERS = ["pipeline-1", "pipeline-2"]


@pytest.fixture(scope="package")
def the_only_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NativeStack]:
    """The stack in whatever state the last test left it."""
    needs_rabbitmq()
    stack = NativeStack(tmp_path_factory.mktemp("native"))
    try:
        yield stack
    finally:
        stack.down()


@pytest.fixture
def stack(the_only_stack: NativeStack) -> NativeStack:
    """The stack, running with two consumers."""
    if not is_running(the_only_stack) or the_only_stack.consumers() != CONSUMERS:
        the_only_stack.up(PIPELINES="2")
    return the_only_stack


@pytest.fixture
def stopped_stack(the_only_stack: NativeStack) -> NativeStack:
    """The stack, stopped."""
    if is_running(the_only_stack):
        the_only_stack.down()
    return the_only_stack


def is_running(stack: NativeStack) -> bool:
    state = read_state(stack.layout.state_file)
    return state is not None and state.phase is Phase.RUNNING and state.supervisor.is_alive()

"""The short forms of the fault matrix, which CI runs."""

import gc
from collections.abc import Iterator

import pytest
from rich.console import Console

from tests.faults.environment import Environment
from tests.faults.matrix import Scenario, select_scenarios
from tests.faults.report import remarks
from tests.faults.runner import run_scenario, start_environment
from tests.modes import Mode

SEED = 20261122
PAIRS = [
    pytest.param(scenario, mode, id=f"{scenario.number}-{mode.name}")
    for scenario in select_scenarios(None, short=True)
    for mode in scenario.modes_for(short=True)
]


# pika leaves sockets open when a connection breaks while it is opened, which happens often here.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def stack() -> Iterator[Environment]:
    """One stack for all scenarios."""
    with start_environment() as environment:
        yield environment
    gc.collect()  # while the warning filters of this module apply


@pytest.mark.parametrize(("scenario", "mode"), PAIRS)
def test_short_form(stack: Environment, scenario: Scenario, mode: Mode) -> None:
    result = run_scenario(stack, scenario, mode, seed=SEED, short=True, show_progress=lambda _: None)
    Console().print(f"row {scenario.number}: {result.outcome.verdict}")
    assert result.outcome.passed, "\n".join(remarks(result))

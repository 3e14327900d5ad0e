"""The rows of the fault matrix in their short form, as CI runs them."""

import gc
from collections.abc import Iterator

import pytest
from rich.console import Console

from tests.faults.report import remarks
from tests.faults.runner import run_row, site
from tests.faults.site import Site
from tests.faults.table import Row, chosen
from tests.modes import Mode

SEED = 20261122
PAIRS = [
    pytest.param(row, mode, id=f"{row.number}-{mode.name}")
    for row in chosen(None, short=True)
    for mode in row.at(short=True)
]


# pika leaves sockets open when a connection breaks while it is opened, and here many do.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def stack() -> Iterator[Site]:
    """One stack for all rows."""
    with site() as made:
        yield made
    gc.collect()  # while the marks of this module hold


@pytest.mark.parametrize(("row", "mode"), PAIRS)
def test_row(stack: Site, row: Row, mode: Mode) -> None:
    result = run_row(stack, row, mode, seed=SEED, short=True, say=lambda _: None)
    Console().print(f"row {row.number}: {result.outcome.verdict}")
    assert result.outcome.passed, "\n".join(remarks(result))

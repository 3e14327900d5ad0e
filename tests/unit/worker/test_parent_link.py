"""A job's connection to its worker."""

from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from runtime.exit_codes import EXIT_FAILURE
from tests.unit.fakes import wait_until
from worker.context import Interruption
from worker.outcome import Outcome
from worker.parent_link import ParentLink


@pytest.fixture
def pipe() -> Iterator[tuple[Connection, Connection]]:
    ours, theirs = Pipe()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def exits() -> list[int]:
    return []


@pytest.fixture
def link(pipe: tuple[Connection, Connection], exits: list[int]) -> Iterator[ParentLink]:
    yield ParentLink(pipe[1], exits.append)
    # Its thread must not receive while the pipe is closed.
    pipe[0].close()
    wait_until(lambda: exits != [])


def test_progress_is_reported_twice_per_second_at_most(
    link: ParentLink, pipe: tuple[Connection, Connection]
) -> None:
    for _ in range(1000):
        link.progress()
    link.report(Outcome.SUCCEEDED)
    assert [pipe[0].recv(), pipe[0].recv()] == [None, Outcome.SUCCEEDED]


def test_the_first_interruption_counts_unless_an_urgent_one_follows(
    link: ParentLink, pipe: tuple[Connection, Connection]
) -> None:
    assert link.interruption is None
    pipe[0].send(Interruption.PAUSE)
    link.wait(60)
    pipe[0].send(Interruption.CANCEL)
    pipe[0].send(Interruption.SHUTDOWN)
    wait_until(lambda: link.interruption is Interruption.SHUTDOWN)


def test_the_job_ends_with_its_worker(
    link: ParentLink, pipe: tuple[Connection, Connection], exits: list[int]
) -> None:
    pipe[0].close()
    wait_until(lambda: exits == [EXIT_FAILURE])
    link.report(Outcome.SUCCEEDED)
    assert exits == [EXIT_FAILURE] * 2

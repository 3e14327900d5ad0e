"""Which kinds of jobs a worker runs."""

import pytest

from jobs.kinds import JOB_KINDS
from runtime.errors import ConfigurationError
from worker.__main__ import select_kinds
from worker.kinds import KINDS
from worker.settings import WorkerSettings


def test_every_kind_that_a_worker_runs_has_a_queue_for_its_tickets() -> None:
    assert set(KINDS) == set(JOB_KINDS)


def test_a_worker_runs_all_kinds_unless_some_are_selected() -> None:
    assert select_kinds(WorkerSettings()) == tuple(KINDS)
    assert select_kinds(WorkerSettings(worker_kinds=" live, dummy")) == ("live", "dummy")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="WORKER_KINDS contains 'lives'; the kinds of jobs are"):
        select_kinds(WorkerSettings(worker_kinds="lives"))

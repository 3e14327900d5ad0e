"""Which kinds of jobs a worker runs."""

import pytest

import reporter.kinds
from jobs.kinds import JOB_KINDS, REPORTER, WORKER, service_of
from runtime.errors import ConfigurationError
from worker.kinds import KINDS
from worker.running import select_kinds
from worker.settings import WorkerSettings


def test_every_kind_of_job_has_one_service_that_runs_it() -> None:
    services = dict.fromkeys(KINDS, WORKER) | dict.fromkeys(reporter.kinds.KINDS, REPORTER)
    assert services == {kind: service_of(kind) for kind in JOB_KINDS}
    assert KINDS.keys().isdisjoint(reporter.kinds.KINDS)


def test_a_worker_runs_all_kinds_unless_some_are_selected() -> None:
    assert select_kinds(WorkerSettings(), KINDS) == tuple(KINDS)
    assert select_kinds(WorkerSettings(worker_kinds=" live, dummy"), KINDS) == ("live", "dummy")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(
        ConfigurationError,
        match="WORKER_KINDS contains 'lives'; the kinds of jobs that the worker runs are d",
    ):
        select_kinds(WorkerSettings(worker_kinds="lives"), KINDS)

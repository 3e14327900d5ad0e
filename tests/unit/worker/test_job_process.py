"""The process of a job is started, reports, is interrupted, and ends."""

from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext

import pytest

from db.workflows.worker_store import ClaimedJob
from tests.unit.fake_worker import OUTAGE, FakeJobStore, claimed_job
from tests.unit.fakes import wait_until
from worker import child
from worker.context import Interruption
from worker.job_process import JobProcess, process_context
from worker.outcome import Outcome
from worker.parent_link import ParentLink
from worker.settings import JobSettings, WorkerSettings


def report_interruption(_job: ClaimedJob, _settings: JobSettings, connection: Connection) -> None:
    """Report progress, and then success once the worker interrupts it."""
    connection.send(None)
    assert connection.recv() is Interruption.PAUSE
    connection.send(Outcome.PAUSED)


def wait_for_the_end(_job: ClaimedJob, _settings: JobSettings, connection: Connection) -> None:
    """Report progress, and run until it is killed."""
    connection.send(None)
    connection.recv()


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    return process_context()


@pytest.fixture
def settings() -> WorkerSettings:
    return WorkerSettings()


def until_ended(process: JobProcess) -> None:
    def has_ended() -> bool:
        wait(process.waitables(), 1)
        process.receive()
        return process.has_ended()

    wait_until(has_ended)


def test_a_process_reports_and_is_interrupted(context: ForkServerContext, settings: WorkerSettings) -> None:
    process = JobProcess(context, settings, claimed_job(), report_interruption)
    wait_until(process.receive)
    assert process.outcome is None
    process.interrupt(Interruption.PAUSE)
    until_ended(process)
    assert process.outcome is Outcome.PAUSED
    assert process.describe_exit() == "ended with exit code 0"
    process.interrupt(Interruption.SHUTDOWN)
    process.close()


@pytest.mark.parametrize("signal", ["terminate", "kill"])
def test_a_process_is_killed(context: ForkServerContext, settings: WorkerSettings, signal: str) -> None:
    process = JobProcess(context, settings, claimed_job(), wait_for_the_end)
    # A SIGTERM during the fork is lost where the measurement of coverage handles it.
    wait_until(process.receive)
    getattr(process, signal)()
    until_ended(process)
    assert process.outcome is None
    assert process.describe_exit() == f"was killed by {'SIGTERM' if signal == 'terminate' else 'SIGKILL'}"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeJobStore]:
    fake = FakeJobStore()
    monkeypatch.setattr(child, "WorkerStore", lambda *_, **__: fake)
    # At the end of the test the other end is closed, which would end this process.
    monkeypatch.setattr(child, "ParentLink", lambda connection: ParentLink(connection, lambda _: None))
    monkeypatch.setattr("worker.child.signal.signal", lambda *_: None)
    yield fake
    assert fake.closed


def test_the_process_of_a_job_records_and_reports_its_outcome(
    store: FakeJobStore, settings: WorkerSettings, context: ForkServerContext
) -> None:
    ours, theirs = context.Pipe()
    child.main(claimed_job(seconds=0, steps=2), settings, theirs, kinds_module="worker.kinds")
    assert [ours.recv(), ours.recv()] == [None, Outcome.SUCCEEDED]
    assert [call[1] for call in store.named("save")] == [1, 2]


def test_an_outcome_that_is_not_recorded_is_not_reported(
    store: FakeJobStore,
    settings: WorkerSettings,
    context: ForkServerContext,
    monkeypatch: pytest.MonkeyPatch,
    quick_retries: None,
) -> None:
    monkeypatch.setattr("worker.job_run.RELEASE_SECONDS", 0.01)
    ours, theirs = context.Pipe()
    ours.send(Interruption.SHUTDOWN)
    store.fail_next("release", *[OUTAGE] * 1000)
    child.main(claimed_job(), settings, theirs, kinds_module="worker.kinds")
    reports = []
    while ours.poll():
        reports.append(ours.recv())
    assert set(reports) <= {None}

"""A job in its own process: what its kind sees, and how its end is recorded."""

import errno
from datetime import UTC, datetime

import pytest

from jobs.states import Instruction
from runtime.errors import InvalidInput
from tests.unit.fake_worker import OUTAGE, FakeJobStore, FakeLink, claimed_job
from worker.context import (
    Covered,
    Interruption,
    JobContext,
    JobFailed,
    JobInterrupted,
    JobNeedsAnswer,
    JobResult,
)
from worker.job_run import JobRun, run_job
from worker.outcome import Outcome
from worker.settings import WorkerSettings


@pytest.fixture
def store() -> FakeJobStore:
    return FakeJobStore()


def job_run(store: FakeJobStore, link: FakeLink | None = None) -> JobRun:
    return JobRun(claimed_job(steps=1), store, link or FakeLink(), WorkerSettings())


def succeed(_context: JobContext) -> JobResult:
    return JobResult(counts={"rows": 1}, message="done")


def test_a_job_that_returns_has_succeeded(store: FakeJobStore) -> None:
    assert run_job(succeed, job_run(store)) is Outcome.SUCCEEDED
    assert store.named("finish") == [({"rows": 1}, "done", None)]


@pytest.mark.parametrize("failure", [JobFailed("no", retry=False), JobFailed("later", retry_after=60)])
def test_a_job_that_fails_is_recorded_with_its_reason(store: FakeJobStore, failure: JobFailed) -> None:
    def fail(_context: JobContext) -> JobResult:
        raise failure

    assert run_job(fail, job_run(store)) is Outcome.FAILED
    assert store.named("fail") == [(str(failure), failure.retry, failure.retry_after)]


def test_a_job_that_crashes_is_retried_and_its_message_is_not_published(store: FakeJobStore) -> None:
    def crash(_context: JobContext) -> JobResult:
        raise RuntimeError("https://user:secret@host")

    assert run_job(crash, job_run(store)) is Outcome.FAILED
    ((error, retry, _),) = store.named("fail")
    assert (error, retry) == ("the job crashed with RuntimeError; see the worker's log", True)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"),
    ],
)
@pytest.mark.parametrize("is_explained", [False, True])
def test_a_disk_without_space_is_named_and_the_job_tried_again(
    store: FakeJobStore, monkeypatch: pytest.MonkeyPatch, error: OSError, *, is_explained: bool
) -> None:
    monkeypatch.setenv("TMPDIR", "/var/lib/sensors")

    def write(_context: JobContext) -> JobResult:
        if is_explained:
            raise OSError("the workbook could not be written") from error
        raise error

    assert run_job(write, job_run(store)) is Outcome.FAILED
    ((reason, retry, _),) = store.named("fail")
    assert reason.startswith("the disk is full in /var/lib/sensors: free space there")
    assert retry


def test_a_job_that_needs_an_answer_is_paused_with_its_question(store: FakeJobStore) -> None:
    question = {"question": "Which sensor?", "options": [{"label": "hall", "options": {"sensor": "hall"}}]}

    def ask(_context: JobContext) -> JobResult:
        raise JobNeedsAnswer(question)

    assert run_job(ask, job_run(store)) is Outcome.PAUSED
    assert store.named("ask") == [(question,)]
    store.has_lease = False
    assert run_job(ask, job_run(store)) is Outcome.LOST


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (Interruption.PAUSE, Outcome.PAUSED),
        (Interruption.CANCEL, Outcome.CANCELLED),
        (Interruption.SHUTDOWN, Outcome.RELEASED),
    ],
)
def test_an_interrupted_job_is_given_back(
    store: FakeJobStore, reason: Interruption, outcome: Outcome
) -> None:
    def work(context: JobContext) -> JobResult:
        context.sleep(60)
        raise AssertionError

    assert run_job(work, job_run(store, FakeLink(reason, after=3))) is outcome
    assert store.named("release") == [(reason.value,)]


def test_a_job_whose_lease_is_lost_writes_nothing(store: FakeJobStore) -> None:
    link = FakeLink(Interruption.LEASE_LOST)

    def work(context: JobContext) -> JobResult:
        context.progress()
        return JobResult()

    assert run_job(work, job_run(store, link)) is Outcome.LOST
    assert not store.calls


@pytest.mark.parametrize("end", ["finish", "fail", "release"])
def test_an_end_after_the_lease_was_lost_is_not_recorded(store: FakeJobStore, end: str) -> None:
    def work(_context: JobContext) -> JobResult:
        if end == "fail":
            raise JobFailed("no")
        if end == "release":
            raise JobInterrupted(Interruption.PAUSE)
        return JobResult()

    store.has_lease = False
    assert run_job(work, job_run(store)) is Outcome.LOST


@pytest.mark.parametrize(
    ("instruction", "reason"),
    [
        (None, Interruption.LEASE_LOST),
        (Instruction.PAUSE, Interruption.PAUSE),
        (Instruction.CANCEL, Interruption.CANCEL),
    ],
)
def test_what_a_checkpoint_answers_interrupts_the_job(
    store: FakeJobStore, instruction: Instruction | None, reason: Interruption
) -> None:
    store.instruction = instruction
    with pytest.raises(JobInterrupted) as interrupted:
        job_run(store).save({"at": 1}, done=1)
    assert interrupted.value.reason is reason


def test_a_checkpoint_is_saved_with_the_last_message(store: FakeJobStore) -> None:
    run = job_run(store)
    covered = Covered("source", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    run.progress("reading")
    run.save({"at": 1}, done=1, total=2, counts={"rows": 1}, covered=covered)
    assert store.named("save") == [({"at": 1}, 1, 2, {"rows": 1}, "reading", covered)]
    assert (run.checkpoint, run.done) == ({"at": 1}, 1)


def test_an_outage_delays_a_checkpoint(store: FakeJobStore, quick_retries: None) -> None:
    store.fail_next("save", OUTAGE, OUTAGE)
    job_run(store).save({"at": 1}, done=1)
    assert len(store.named("save")) == 3


def test_an_outage_of_what_the_job_uses_starts_it_again_from_its_checkpoint(
    store: FakeJobStore, quick_retries: None
) -> None:
    starts: list[int] = []

    def work(context: JobContext) -> JobResult:
        starts.append(context.done)
        if len(starts) == 1:
            context.save({"at": 5}, done=5)
            raise OUTAGE
        return JobResult()

    assert run_job(work, job_run(store)) is Outcome.SUCCEEDED
    assert starts == [0, 5]


@pytest.mark.parametrize("end", ["finish", "fail"])
def test_an_outage_delays_the_end(store: FakeJobStore, quick_retries: None, end: str) -> None:
    def work(_context: JobContext) -> JobResult:
        if end == "fail":
            raise JobFailed("no")
        return JobResult()

    store.fail_next(end, OUTAGE, OUTAGE)
    assert run_job(work, job_run(store, FakeLink(Interruption.PAUSE))) in {Outcome.SUCCEEDED, Outcome.FAILED}
    assert len(store.named(end)) == 3


@pytest.mark.parametrize("end", ["finish", "fail"])
def test_a_shutdown_during_an_outage_gives_the_job_back(
    store: FakeJobStore, quick_retries: None, end: str
) -> None:
    def work(_context: JobContext) -> JobResult:
        if end == "fail":
            raise JobFailed("no")
        return JobResult()

    store.fail_next(end, OUTAGE)
    assert run_job(work, job_run(store, FakeLink(Interruption.SHUTDOWN))) is Outcome.RELEASED


def test_a_job_that_cannot_be_given_back_in_time_is_left_to_its_worker(
    store: FakeJobStore, quick_retries: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.job_run.RELEASE_SECONDS", 0.01)
    store.fail_next("release", *[OUTAGE] * 1000)
    with pytest.raises(type(OUTAGE)):
        job_run(store).release(Interruption.SHUTDOWN)


def test_a_job_whose_source_was_removed_is_not_retried(store: FakeJobStore) -> None:
    store.fail_next("finish", InvalidInput("There is no source roof any more.", "source"))
    assert run_job(succeed, job_run(store)) is Outcome.FAILED
    assert store.named("fail") == [("There is no source roof any more.", False, None)]

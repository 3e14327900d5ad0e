"""The worker follows the process of a job: lease, progress, interruptions and death."""

import pytest

from jobs.states import Instruction
from tests.unit.fake_worker import OUTAGE, FakeJobStore, FakeProcess, claimed_job
from worker.attempt import Attempt, Limits
from worker.context import Interruption
from worker.outcome import Outcome

LIMITS = Limits(lease=30, progress=20, grace=5)


@pytest.fixture
def process() -> FakeProcess:
    return FakeProcess()


@pytest.fixture
def store() -> FakeJobStore:
    return FakeJobStore()


@pytest.fixture
def attempt(process: FakeProcess) -> Attempt:
    return Attempt(claimed_job(), process, LIMITS, now=0)


def test_the_lease_is_renewed_six_times_as_often_as_it_ends(attempt: Attempt, store: FakeJobStore) -> None:
    for now in range(16):
        attempt.renew_if_due(store, now)
    assert store.named("renew") == [(attempt.job.job_id, 1, 30)] * 3


def test_a_renewal_that_failed_is_repeated(attempt: Attempt, store: FakeJobStore) -> None:
    store.fail_next("renew", OUTAGE)
    with pytest.raises(type(OUTAGE)):
        attempt.renew_if_due(store, 5)
    attempt.renew_if_due(store, 6)
    assert len(store.named("renew")) == 2


@pytest.mark.parametrize("reason", [Interruption.PAUSE, Interruption.CANCEL])
def test_what_the_renewal_answers_is_passed_on_once(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore, reason: Interruption
) -> None:
    store.instruction = Instruction(reason)
    attempt.renew_if_due(store, 5)
    attempt.renew_if_due(store, 10)
    assert process.received == [reason]


def test_a_job_whose_lease_is_lost_is_killed_and_nothing_is_written(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore
) -> None:
    store.instruction = None
    attempt.renew_if_due(store, 5)
    attempt.advance(10)
    attempt.advance(11)
    assert process.received == [Interruption.LEASE_LOST, "SIGTERM", "SIGKILL"]
    assert attempt.settle(store) is Outcome.LOST
    assert not store.named("fail") + store.named("release")


def test_a_stalled_job_is_not_renewed_and_fails(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore
) -> None:
    attempt.advance(21)
    attempt.renew_if_due(store, 21)
    assert not store.calls
    attempt.advance(26)
    attempt.advance(27)
    assert attempt.settle(store) is Outcome.FAILED
    assert process.received == [Interruption.LEASE_LOST, "SIGTERM", "SIGKILL"]
    assert store.named("fail") == [("it made no progress for 20 seconds, and was killed", True, None)]


def test_a_stalled_job_that_stops_after_all_fails_too(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore
) -> None:
    attempt.advance(21)
    process.end(Outcome.LOST)
    assert attempt.settle(store) is Outcome.FAILED


def test_progress_keeps_a_job_from_counting_as_stalled(attempt: Attempt, process: FakeProcess) -> None:
    for now in range(0, 100, 19):
        process.reports = 1
        attempt.advance(now)
    assert not attempt.is_stalled


def test_the_cancel_of_a_stalled_job_is_recorded_after_it_was_killed(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore
) -> None:
    attempt.interrupt(Interruption.CANCEL, 18)
    attempt.advance(22)
    attempt.advance(23)
    attempt.advance(24)
    assert attempt.settle(store) is Outcome.CANCELLED
    assert process.received == [Interruption.CANCEL, "SIGTERM", "SIGKILL"]
    assert store.named("release") == [("cancel",)]


def test_a_process_that_died_is_a_failed_attempt_with_its_reason(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore
) -> None:
    process.end(None)
    attempt.advance(1)
    assert attempt.settle(store) is Outcome.FAILED
    assert store.named("fail") == [("its process ended with exit code 3", True, None)]


def test_a_process_that_died_after_the_lease_was_lost_changes_nothing(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore
) -> None:
    process.end(None)
    store.has_lease = False
    assert attempt.settle(store) is Outcome.LOST


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_that_the_job_recorded_is_not_recorded_again(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore, outcome: Outcome
) -> None:
    assert attempt.settle(store) is None
    process.end(outcome)
    assert attempt.settle(store) is outcome
    assert not store.calls


def test_the_record_is_repeated_once_the_database_answers(
    attempt: Attempt, process: FakeProcess, store: FakeJobStore
) -> None:
    attempt.interrupt(Interruption.SHUTDOWN, 1)
    process.end(None)
    store.fail_next("release", OUTAGE)
    with pytest.raises(type(OUTAGE)):
        attempt.settle(store)
    assert attempt.settle(store) is Outcome.RELEASED

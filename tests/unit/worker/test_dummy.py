"""The simulated job takes its time, and misbehaves on request."""

import pytest

from tests.unit.fake_job import FakeJob
from worker.context import Interruption, JobFailed, JobInterrupted
from worker.kinds.dummy import EXIT_CODE, STALL_SECONDS, run_dummy


def test_it_takes_its_time_in_steps() -> None:
    job = FakeJob(spec={"seconds": 10, "steps": 4})
    started_at = job.clock.now
    assert run_dummy(job).counts == {"steps": 4}
    assert job.clock.now - started_at == 10
    assert [saved["done"] for saved in job.saved] == [1, 2, 3, 4]


def test_it_continues_from_its_checkpoint() -> None:
    job = FakeJob(spec={"seconds": 10, "steps": 4}, checkpoint={"step": 3}, done=3)
    run_dummy(job)
    assert [saved["done"] for saved in job.saved] == [4]


def test_it_fails_after_so_many_steps_of_an_attempt() -> None:
    job = FakeJob(spec={"steps": 4, "fail_after": 2})
    with pytest.raises(JobFailed, match="fails after 2 steps"):
        run_dummy(job)
    assert job.done == 2
    run_dummy(job)
    assert job.done == 4


def test_it_exits_and_stalls_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[float] = []
    monkeypatch.setattr("worker.kinds.dummy.os._exit", done.append)
    monkeypatch.setattr("worker.kinds.dummy.time.sleep", done.append)
    run_dummy(FakeJob(spec={"steps": 2, "exit_after": 0, "hang_after": 1}))
    assert done == [EXIT_CODE, STALL_SECONDS]


def test_it_lets_an_interruption_pass() -> None:
    with pytest.raises(JobInterrupted) as interrupted:
        run_dummy(FakeJob(spec={}, interrupt_after=3))
    assert interrupted.value.reason is Interruption.SHUTDOWN

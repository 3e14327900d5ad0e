"""Work in the background, while the job reports progress."""

import threading

import pytest

from reporter.files import background
from reporter.files.background import run_reporting
from tests.unit.fake_job import FakeJob
from tests.waiting import DEADLINE_SECONDS
from worker.context import JobInterrupted


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PROGRESS_SECONDS", 0.01)


def test_a_job_reports_progress_while_a_function_runs() -> None:
    reported = threading.Event()

    class Job(FakeJob):
        def progress(self, message: str | None = None) -> None:
            super().progress(message)
            reported.set()

    assert run_reporting(Job(), lambda: reported.wait(DEADLINE_SECONDS))


@pytest.mark.parametrize("error", [ValueError("wrong"), TimeoutError("its own")])
def test_an_error_of_the_function_is_that_of_the_job(error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error), match=str(error)):
        run_reporting(FakeJob(), fail)


def test_an_interruption_comes_after_the_function_has_ended() -> None:
    job, ended = FakeJob(interrupt_after=0), threading.Event()
    started = threading.Event()

    def work() -> None:
        started.wait(0.1)
        ended.set()

    with pytest.raises(JobInterrupted):
        run_reporting(job, work)
    assert ended.is_set()

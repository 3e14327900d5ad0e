"""Reports of readings that are about to change."""

import pytest

from db.reports.report_data import ReadingsPending
from reporter import pending
from reporter.pending import wait_while_pending
from tests.unit.fake_job import FakeJob
from tests.unit.fakes import in_turn
from worker.context import JobFailed

CALIBRATION = "a calibration is being applied"


def fail() -> None:
    raise ReadingsPending(CALIBRATION)


def test_a_report_waits_for_a_calibration_without_a_failure() -> None:
    job, function = FakeJob(), in_turn(*[fail] * 8, lambda: None)

    wait_while_pending(job, function)

    assert job.messages.count(f"waits: {CALIBRATION}") == 8


def test_a_report_fails_when_readings_are_about_to_change_for_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_SECONDS", -1)

    with pytest.raises(JobFailed, match=CALIBRATION):
        wait_while_pending(FakeJob(), fail)

"""A reporter that cannot read the folder into which files are dropped."""

from dataclasses import replace

from monitoring.problems import ProblemKind
from monitoring.services import Sample, ServiceReport
from runtime.severity import Severity
from tests.unit.monitoring.observations import (
    PIPELINE,
    SENSOR,
    observation,
    only_problem_after,
    problems_after,
)
from tests.unit.monitoring.samples import UP, ago, report


def reporter(down_since: float) -> ServiceReport:
    sample = Sample("reporter_folder_down_since_timestamp_seconds", {}, down_since)
    return replace(report("reporter-1", broker=UP, database=UP), samples=[sample])


def test_a_folder_that_cannot_be_read_is_a_problem_since_then() -> None:
    problem = only_problem_after(observation(SENSOR, PIPELINE, reporter(ago(90).timestamp())))

    assert (problem.kind, problem.severity, problem.subject) == (
        ProblemKind.FOLDER_DOWN,
        Severity.WARNING,
        "reporter-1",
    )
    assert problem.started_at == ago(90)
    assert problem.message == (
        "reporter-1 cannot read the WebDAV folder, so files that are dropped there wait."
    )
    assert "check WEBDAV_URL, WEBDAV_USER, WEBDAV_PASSWORD" in problem.hint


def test_a_folder_that_is_read_is_none() -> None:
    assert problems_after(observation(SENSOR, PIPELINE, reporter(0))) == []

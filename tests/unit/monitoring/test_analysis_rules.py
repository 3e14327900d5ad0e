"""An analysis that is behind the stored readings."""

from dataclasses import replace

import pytest

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
from tests.unit.monitoring.samples import UP, ago, not_ready, report


def with_lag(seconds: float, service: ServiceReport) -> ServiceReport:
    return replace(service, samples=[Sample("analysis_lag_seconds", {}, seconds)])


ANALYSIS = report("analysis", database=UP)


def test_it_is_behind_since_the_first_reading_that_it_has_not_analysed() -> None:
    problem = only_problem_after(observation(SENSOR, PIPELINE, with_lag(61, ANALYSIS)))

    assert (problem.kind, problem.severity, problem.subject) == (
        ProblemKind.ANALYSIS_BEHIND,
        Severity.WARNING,
        "analysis",
    )
    assert problem.started_at == ago(61)
    assert problem.message == "analysis has not analysed the readings of the last 61 s yet."


@pytest.mark.parametrize("seconds", [0, 60, float("nan")])
def test_it_is_not_behind_by_a_minute_or_without_a_lag(seconds: float) -> None:
    assert problems_after(observation(SENSOR, PIPELINE, with_lag(seconds, ANALYSIS), ANALYSIS)) == []


def test_a_database_that_is_down_explains_it() -> None:
    stopped = with_lag(300, not_ready("analysis", "database", ago(300)))

    problems = problems_after(observation(SENSOR, PIPELINE, stopped))

    assert [problem.kind for problem in problems] == [ProblemKind.SERVICE_NOT_READY]

"""A sensor that cannot write its outbox."""

from dataclasses import replace

from monitoring.problems import ProblemKind
from monitoring.services import Sample, ServiceReport
from runtime.severity import Severity
from tests.unit.monitoring.observations import PIPELINE, observation, only_problem_after, problems_after
from tests.unit.monitoring.samples import UP, ago, report


def sensor(failing_since: float) -> ServiceReport:
    sample = Sample("sensor_outbox_failing_since_timestamp_seconds", {}, failing_since)
    return replace(report("sensor-1", broker=UP), samples=[sample])


def test_an_outbox_that_cannot_be_written_is_a_problem_since_then() -> None:
    problem = only_problem_after(observation(sensor(ago(90).timestamp()), PIPELINE))

    assert (problem.kind, problem.severity, problem.subject) == (
        ProblemKind.OUTBOX_FAILING,
        Severity.WARNING,
        "sensor-1",
    )
    assert problem.started_at == ago(90)
    assert "sensor-1 cannot write its outbox" in problem.message
    assert "free space there" in problem.hint


def test_an_outbox_that_is_written_is_none() -> None:
    assert problems_after(observation(sensor(0), PIPELINE)) == []

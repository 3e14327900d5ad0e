"""A receiver of alerts that does not accept them."""

from dataclasses import replace

from monitoring.problems import ProblemKind
from monitoring.services import Sample, ServiceReport
from runtime.severity import Severity
from tests.unit.monitoring.observations import (
    PIPELINE,
    SENSOR,
    keys,
    observation,
    only_problem_after,
    problems_after,
)
from tests.unit.monitoring.samples import UP, ago, report


def alerter(**down_since: float) -> ServiceReport:
    samples = [
        Sample("alerter_receiver_down_since_timestamp_seconds", {"receiver": receiver}, since)
        for receiver, since in down_since.items()
    ]
    return replace(report("alerter", broker=UP), samples=samples)


def test_a_receiver_is_a_problem_since_it_accepts_nothing() -> None:
    problem = only_problem_after(observation(SENSOR, PIPELINE, alerter(mail=ago(90).timestamp(), webhook=0)))

    assert (problem.kind, problem.severity, problem.subject) == (
        ProblemKind.RECEIVER_DOWN,
        Severity.WARNING,
        "mail",
    )
    assert problem.started_at == ago(90)
    assert problem.message == "The receiver mail did not accept the last notification of an alert."
    assert "The log of alerter says why; `sensorctl alerter --test`" in problem.hint


def test_each_receiver_is_a_problem_of_its_own_until_it_accepts_one() -> None:
    since = ago(90).timestamp()
    both, one = (observation(SENSOR, PIPELINE, alerter(mail=since, phone=phone)) for phone in (since, 0))

    assert keys(problems_after(both)) == [
        (ProblemKind.RECEIVER_DOWN, "mail"),
        (ProblemKind.RECEIVER_DOWN, "phone"),
    ]
    assert keys(problems_after(both, one)) == [(ProblemKind.RECEIVER_DOWN, "mail")]

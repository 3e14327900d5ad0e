"""Observations as the collector makes them, and the problems found in a sequence of them."""

from datetime import datetime
from typing import Any

from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.services import ServiceReport
from monitoring.tracker import ProblemTracker
from tests.unit.monitoring.samples import NOW, UP, queue, report, sensor

SENSOR = report("sensor-1", broker=UP)
PIPELINE = report("pipeline-1", broker=UP, database=UP)


def observation(*reports: ServiceReport, at: datetime = NOW, **changes: Any) -> Observation:
    """Return an observation of a healthy system, except for the given changes."""
    fields: dict[str, Any] = {
        "queue_name": "heat",
        "queue": queue(),
        "broker_error": None,
        "sensors": [sensor("1")],
        "database_error": None,
        "oldest_dead_letter": None,
    }
    return Observation(at=at, reports=list(reports or (SENSOR, PIPELINE)), **fields | changes)


def problems_after(*observations: Observation) -> list[Problem]:
    """Return the problems of the last observation."""
    tracker = ProblemTracker()
    return [tracker.update(each) for each in observations][-1]


def only_problem_after(*observations: Observation) -> Problem:
    (problem,) = problems_after(*observations)
    return problem


def keys(problems: list[Problem]) -> list[tuple[ProblemKind, str]]:
    return [(problem.kind, problem.subject) for problem in problems]

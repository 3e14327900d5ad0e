"""The rule that finds sensors that cannot write their outbox."""

from collections.abc import Iterator
from datetime import UTC, datetime

from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.services import sample_value

FAILING_SINCE_METRIC = "sensor_outbox_failing_since_timestamp_seconds"


def outbox_problems(observation: Observation) -> Iterator[Problem]:
    """Find sensors whose outbox could not be written the last time."""
    for report in observation.reports:
        since, name = sample_value(report.samples, FAILING_SINCE_METRIC), report.service.name
        if since is not None and since > 0:
            yield Problem(
                kind=ProblemKind.OUTBOX_FAILING,
                subject=name,
                started_at=datetime.fromtimestamp(since, UTC),
                message=f"{name} cannot write its outbox, so its readings are in memory only until the "
                "broker confirms them.",
                hint="The disk of its outbox (OUTBOX_PATH) is full or fails: free space there; its log names "
                "the error. It continues by itself. Up to 10,000 readings stay in memory meanwhile, and are "
                "lost if it ends.",
            )

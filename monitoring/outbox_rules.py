"""The rule that finds sensors that cannot write their outbox."""

from collections.abc import Iterator

from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind

FAILING_SINCE_METRIC = "sensor_outbox_failing_since_timestamp_seconds"


def outbox_problems(observation: Observation) -> Iterator[Problem]:
    """Find sensors whose outbox could not be written the last time."""
    for name, _, since in observation.failures(FAILING_SINCE_METRIC):
        yield Problem(
            kind=ProblemKind.OUTBOX_FAILING,
            subject=name,
            started_at=since,
            message=f"{name} cannot write its outbox, so its readings are in memory only until the "
            "broker confirms them.",
            hint="The disk of its outbox (OUTBOX_PATH) is full or fails: free space there; its log names "
            "the error. It continues by itself. Up to 10,000 readings stay in memory meanwhile, and are "
            "lost if it ends.",
        )

"""The rule for limits that let the broker drop messages."""

from collections.abc import Iterator

from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind

LIMITS_HINT = (
    "Run `sensorctl setup`; if this remains, delete the other policy or lower its priority (`rabbitmqctl "
    "list_policies`, `rabbitmqctl list_operator_policies`), or delete a queue with such an argument."
)


def queue_limit_problems(observation: Observation) -> Iterator[Problem]:
    """Find limits that let the broker drop messages of the queue or the dead-letter queue."""
    queue = observation.queue
    if queue and queue.drops:
        yield Problem(
            kind=ProblemKind.QUEUE_DROPS_MESSAGES,
            subject=queue.name,
            started_at=None,
            message=f"An argument or policy lets the broker drop messages. {'; '.join(queue.drops)}.",
            hint=LIMITS_HINT,
        )

"""The rule that finds receivers of alerts that do not accept them."""

from collections.abc import Iterator

from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from runtime.text import escape_unprintable

DOWN_SINCE_METRIC = "alerter_receiver_down_since_timestamp_seconds"


def receiver_problems(observation: Observation) -> Iterator[Problem]:
    """Find receivers, other than the exchange of the broker, that did not accept the last notification."""
    for service, labels, since in observation.failures(DOWN_SINCE_METRIC):
        receiver = escape_unprintable(labels["receiver"])
        yield Problem(
            kind=ProblemKind.RECEIVER_DOWN,
            subject=receiver,
            started_at=since,
            message=f"The receiver {receiver} did not accept the last notification of an alert.",
            hint=f"The log of {service} says why; `sensorctl alerter --test` sends a "
            "test notification and says it, too. What an outage delays is sent once it is over; what "
            "a webhook rejects is dropped.",
        )

"""The rule that finds dead letters."""

from collections.abc import Iterator

from messaging.dead_letters.hints import OTHER_HINTS, REPLAY_HINTS
from monitoring.broker import OldestDeadLetter
from monitoring.model import Problem
from monitoring.observation import Observation
from monitoring.problems import ProblemKind


def dead_letter_problems(observation: Observation) -> Iterator[Problem]:
    """Find dead letters."""
    queue, oldest = observation.queue, observation.oldest_dead_letter
    if queue is None or queue.dead_letters == 0:
        return
    number = "1 message is" if queue.dead_letters == 1 else f"{queue.dead_letters} messages are"
    example = ""
    if oldest:
        example = f"; the oldest: {oldest.reason}" + (f", {oldest.detail}" if oldest.detail else "")
    yield Problem(
        kind=ProblemKind.DEAD_LETTERS,
        subject=f"{queue.name}.dead",
        started_at=oldest.dead_at if oldest else None,
        message=f"{number} in the dead-letter queue{example}.",
        hint=f"`sensorctl dead list` shows them. {_dead_letter_hint(oldest)}",
    )


def _dead_letter_hint(oldest: OldestDeadLetter | None) -> str:
    if oldest and oldest.reason in REPLAY_HINTS:
        return (
            f"{REPLAY_HINTS[oldest.reason]} `sensorctl dead replay --reason {oldest.reason}` replays those "
            "like the oldest."
        )
    if oldest and oldest.reason in OTHER_HINTS:
        return OTHER_HINTS[oldest.reason]
    return "Fix their sender, or the consumer; then `sensorctl dead replay`, or `sensorctl dead discard`."

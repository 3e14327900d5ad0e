"""`sensorctl dummy ping`: which workers answer, and how fast."""

from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

from rich.table import Table

from messaging.management.ping import Pong, ping
from messaging.settings import BrokerSettings
from sensorctl.output import safe_text, titled_table


class Answer(NamedTuple):
    """The answer of a worker to a ping."""

    worker: str
    version: str
    seconds: float


class RoundTrips(NamedTuple):
    """The round-trip times of a worker, in seconds; without any it never answered."""

    worker: str
    sent: int
    seconds: Sequence[float]


def ping_once(settings: BrokerSettings, target: str, timeout_seconds: float, expected: int) -> list[Answer]:
    """Return the answers to one ping: once as many workers as expected have answered, or the time is over.

    Raises:
        BrokerUnavailable: When the broker is down or refuses.
    """
    answers: list[Answer] = []
    with closing(ping(settings, target, timeout_seconds)) as pongs:
        for pong in pongs:
            answers.append(to_answer(pong))
            if len({answer.worker for answer in answers}) == expected:
                break
    return answers


def to_answer(pong: Pong) -> Answer:
    """Return who answered, as far as the answer names it."""
    fields = pong.fields
    name = fields.get("worker") or fields.get("target") or fields.get("queue_id") or "unknown"
    return Answer(str(name), str(fields.get("version") or ""), pong.seconds)


def collect(rounds: Sequence[Sequence[Answer]], expected: Sequence[str]) -> list[RoundTrips]:
    """Return the times of each worker that answered or is expected to."""
    names = dict.fromkeys([*expected, *(answer.worker for answers in rounds for answer in answers)])
    return [
        RoundTrips(
            name,
            len(rounds),
            [answer.seconds for answers in rounds for answer in answers if answer.worker == name],
        )
        for name in names
    ]


def ping_table(rows: Sequence[RoundTrips]) -> Table:
    """Return one row per worker with its round-trip times."""
    table = titled_table("Round-trip times in ms", "worker")
    for heading in ("answers", "min", "mean", "max"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        times = [f"{value * 1000:.1f}" for value in _statistics(row.seconds)] or ["", "", ""]
        style = "" if len(row.seconds) == row.sent else "red"
        table.add_row(safe_text(row.worker), f"{len(row.seconds)} of {row.sent}", *times, style=style)
    return table


def to_object(row: RoundTrips) -> dict[str, object]:
    """Return a row for JSON; the times are in seconds."""
    low, mean, high = _statistics(row.seconds) or (None, None, None)
    return {
        "worker": row.worker, "sent": row.sent, "answers": len(row.seconds), "min_seconds": low,
        "mean_seconds": mean, "max_seconds": high,
    }  # fmt: skip


def _statistics(seconds: Sequence[float]) -> tuple[float, ...]:
    return (min(seconds), sum(seconds) / len(seconds), max(seconds)) if seconds else ()

"""The dead queue in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pika

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.errors import BrokerUnavailable


class FakeDeadQueue:
    """What `messaging.dead_letters.queue.visit` would give, and how often it was visited."""

    def __init__(self) -> None:
        self.messages: list[DeadLetter] = []
        self.replayed: list[bytes] = []
        self.visits = 0
        self.away: BrokerUnavailable | None = None
        self.lost_after: int | None = None

    def bury(self, body: str | bytes, reason: str, replays: int = 0) -> None:
        headers = {
            "x-dead-reason": reason,
            "x-dead-detail": "a sentence",
            "x-dead-at": datetime.now(UTC).isoformat(),
            "x-replays": replays,
        }
        body = body.encode() if isinstance(body, str) else body
        self.messages.append(DeadLetter(body, pika.BasicProperties(headers=headers)))

    def ids(self) -> list[str]:
        return [message.id for message in self.messages]

    @property
    def depth(self) -> int:
        return len(self.messages)

    @contextmanager
    def visit(self, *_: Any) -> Iterator["FakeDeadQueue"]:
        self.visits += 1
        if self.away:
            raise self.away
        yield self

    def look(self, limit: int | None = None) -> Iterator[DeadLetter]:
        yield from self.messages[:limit]

    def take(self) -> Iterator[DeadLetter]:
        yield from list(self.messages)

    def replay(self, message: DeadLetter) -> None:
        self.discard(message)
        self.replayed.append(message.body)

    def discard(self, message: DeadLetter) -> None:
        if self.lost_after is not None:
            if self.lost_after == 0:
                raise BrokerUnavailable("lost")
            self.lost_after -= 1
        self.messages.remove(message)

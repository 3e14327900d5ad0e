"""A dead-letter queue in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pika

from messaging.dead_letters.dead_letter import DeadLetter
from messaging.errors import BrokerUnavailable


class FakeDeadLetterQueue:
    """Replaces `messaging.dead_letters.queue.open_dead_letter_queue`, and counts how often it was opened."""

    def __init__(self) -> None:
        self.messages: list[DeadLetter] = []
        self.replayed: list[bytes] = []
        self.opened = 0
        self.error: BrokerUnavailable | None = None
        self.fail_after: int | None = None

    def add(self, body: str | bytes, reason: str, replays: int = 0) -> None:
        headers = {
            "x-dead-reason": reason,
            "x-dead-detail": "a description",
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
    def open_dead_letter_queue(self, *_: Any) -> Iterator["FakeDeadLetterQueue"]:
        self.opened += 1
        if self.error:
            raise self.error
        yield self

    def peek(self, limit: int | None = None) -> Iterator[DeadLetter]:
        yield from self.messages[:limit]

    def receive(self) -> Iterator[DeadLetter]:
        yield from list(self.messages)

    def replay(self, message: DeadLetter) -> None:
        self.discard(message)
        self.replayed.append(message.body)

    def discard(self, message: DeadLetter) -> None:
        if self.fail_after is not None:
            if self.fail_after == 0:
                raise BrokerUnavailable("lost")
            self.fail_after -= 1
        self.messages.remove(message)

"""A publisher in memory, in place of the one that an import publishes with."""

from collections.abc import Iterable
from typing import Any

from messaging.publishing.bulk import Message

HISTORY = "id,timestamp,temperature\n" + "".join(f"kitchen,2026-01-01 00:00:{n:02},{n}\n" for n in range(60))


class FakeBulk:
    """Confirms up to `allowed` messages immediately, then raises `error`."""

    published: list[Message]
    allowed: int
    error: BaseException
    options: dict[str, Any]

    def __init__(self, _connect: Any, listener: Any, **options: Any) -> None:
        type(self).options = options
        self._listener = listener

    def publish(self, messages: Iterable[Message]) -> None:
        self._listener.lost("Connection reset by peer")
        for _ in range(2):
            self._listener.waiting(100)
        for message in messages:
            if self.allowed == 0:
                raise self.error
            type(self).allowed -= 1
            self.published.append(message)
            self._listener.confirmed(message)

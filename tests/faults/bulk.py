"""Publish a backlog fast, with many outstanding confirms."""

from collections.abc import Iterator
from typing import Any

import pika

from tests.faults.ledger import Attempt, Ledger
from tests.faults.load import QUEUE

MAX_OUTSTANDING = 2000
PROPERTIES = pika.BasicProperties(delivery_mode=2)


class BulkPublisher:
    """Publish every attempt and wait for its confirm, while the broker stays available."""

    def __init__(self, url: str, ledger: Ledger, attempts: Iterator[Attempt]) -> None:
        self._ledger = ledger
        self._attempts = attempts
        self._outstanding: dict[int, tuple[int, Attempt]] = {}
        self._tag = 0
        self._channel: Any = None
        self._error: Exception | None = None
        self._connection: Any = pika.SelectConnection(
            pika.URLParameters(url),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=lambda _connection, error: self._fail(error),
            on_close_callback=lambda _connection, _reason: self._connection.ioloop.stop(),
        )

    def run(self) -> None:
        """Publish every attempt.

        Raises:
            ConnectionError: When the connection was closed before every attempt was confirmed.
        """
        self._connection.ioloop.start()
        if self._error or self._outstanding:
            raise self._error or ConnectionError("the broker closed the connection")

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(
            lambda _channel, reason: self._fail(reason) if self._outstanding else None
        )
        channel.confirm_delivery(self._on_confirm)
        self._fill()

    def _fill(self) -> None:
        while len(self._outstanding) < MAX_OUTSTANDING and (attempt := next(self._attempts, None)):
            self._tag += 1
            self._outstanding[self._tag] = (self._ledger.attempt(attempt), attempt)
            self._channel.basic_publish("", QUEUE, attempt.body, PROPERTIES, mandatory=True)
        if not self._outstanding:
            self._connection.close()

    def _on_confirm(self, frame: Any) -> None:
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        for confirmed_tag in [n for n in self._outstanding if n <= tag] if multiple else [tag]:
            number, attempt = self._outstanding.pop(confirmed_tag)
            if isinstance(frame.method, pika.spec.Basic.Ack):
                self._ledger.confirm(number, attempt)
        if len(self._outstanding) <= MAX_OUTSTANDING // 2:
            self._fill()

    def _fail(self, error: Exception) -> None:
        self._error = error
        self._connection.ioloop.stop()

"""Publishing much at once: many confirms in flight, through losses of the broker, into a bounded queue."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple, Protocol

from messaging.errors import BrokerRefused, BrokerUnavailable, Unroutable
from messaging.publishing.confirm_publisher import Confirm, OutstandingConfirms

# More gains little (docs/adr/0011-import-and-export.md), and so much is sent again after a loss.
IN_FLIGHT = 1_000
WAIT_SECONDS = 0.1
# A source that is slow must not keep what it gave before from being sent.
FILL_SECONDS = 0.2
RECONNECT_SECONDS = 1.0


class Message(NamedTuple):
    """A message to publish; `mark` is its publisher's own."""

    sensor_id: str
    message_id: str
    body: bytes
    mark: Any


class Listener(Protocol):
    """Who hears how it goes."""

    def confirmed(self, last: Message) -> None:
        """The broker has confirmed this message and all before it."""

    def waiting(self, depth: int) -> None:
        """As many messages wait in the queue as may, so nothing is published now."""

    def lost(self, reason: str) -> None:
        """The broker is lost, and will be tried again."""


class Connection(Protocol):
    """What is needed of messaging.stream.Stream."""

    depth: int | None

    def publish(self, sensor_id: str, message_id: str, body: bytes) -> None: ...  # noqa: D102 (as Stream's)
    def ask_depth(self, queue: str) -> None: ...  # noqa: D102 (as Stream's)
    def wait(self, seconds: float) -> list[Confirm]: ...  # noqa: D102 (as Stream's)
    def close(self) -> None: ...  # noqa: D102 (as Stream's)


class BulkPublisher:
    """Publishes messages in their order with IN_FLIGHT confirms outstanding.

    At most `most_waiting` messages wait in `queue` by its doing (0: no bound), so that neither the broker
    nor the sensors' present readings drown in the past. After a loss of the broker what was not confirmed
    is published again; one that stays away for `patience_seconds` ends it, and so does one that was
    not there to begin with.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        listener: Listener,
        *,
        queue: str,
        most_waiting: int,
        patience_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connect = connect
        self._listener = listener
        self._queue = queue
        self._most_waiting = most_waiting
        self._patience_seconds = patience_seconds
        self._clock = clock
        self._sleep = sleep
        self._window: OutstandingConfirms[Message] = OutstandingConfirms()
        self._exhausted = False
        self._heard_at: float | None = None
        self._allowed = self._uncounted = 0
        self._asked = False
        self._ask_at = 0.0

    def publish(self, messages: Iterable[Message]) -> None:
        """Return once all of them are confirmed. Raises BrokerUnavailable."""
        source = iter(messages)
        while self._unfinished:
            try:
                self._work(source)
            except (Unroutable, BrokerRefused):
                raise
            except BrokerUnavailable as error:
                if self._heard_at is None or self._clock() - self._heard_at > self._patience_seconds:
                    raise
                self._listener.lost(str(error))
                self._sleep(RECONNECT_SECONDS)

    @property
    def _unfinished(self) -> bool:
        return not self._exhausted or len(self._window) > 0

    def _work(self, source: Iterator[Message]) -> None:
        """Publish until all is confirmed or the connection is lost."""
        with closing(self._connect()) as connection:
            self._heard_at = self._heard_at or self._clock()
            self._allowed, self._asked, self._ask_at = 0, False, 0.0
            for message in self._window.begin_anew():
                connection.publish(*message[:3])
            while self._unfinished:
                self._ask(connection)
                self._fill(connection, source)
                self._hear(connection.wait(WAIT_SECONDS))

    def _ask(self, connection: Connection) -> None:
        """Learn how many messages may follow before the next answer."""
        if self._asked and connection.depth is not None:
            self._asked, self._ask_at = False, self._clock() + WAIT_SECONDS
            self._heard_at = self._clock()
            self._allowed = self._most_waiting - connection.depth - self._uncounted
            if connection.depth >= self._most_waiting:
                self._listener.waiting(connection.depth)
        if self._most_waiting and not self._asked and self._clock() >= self._ask_at:
            self._asked = True
            connection.ask_depth(self._queue)
            # What is in flight now may be counted, or not; and so may what follows until the answer.
            self._uncounted = len(self._window)

    def _fill(self, connection: Connection, source: Iterator[Message]) -> None:
        until = self._clock() + FILL_SECONDS
        while len(self._window) < IN_FLIGHT and self._may_publish and self._clock() < until:
            message = next(source, None)
            if message is None:
                self._exhausted = True
                return
            self._window.add(message)
            self._allowed -= 1
            self._uncounted += 1
            connection.publish(*message[:3])

    @property
    def _may_publish(self) -> bool:
        return not self._exhausted and (self._most_waiting == 0 or self._allowed > 0)

    def _hear(self, confirms: list[Confirm]) -> None:
        done = [message for confirm in confirms for message in self._window.confirm(confirm)]
        if confirms:
            self._heard_at = self._clock()
        if done:
            self._listener.confirmed(done[-1])

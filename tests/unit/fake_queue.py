"""A queue in memory, with publishers that confirm or fail."""

from collections import deque
from collections.abc import Callable

from messaging.amqp.hosts import Server
from messaging.publishing.confirm_publisher import Confirm
from runtime.tracing import TraceHeaders
from tests.unit.fakes import FakeClock


class FakeConfirmPublisher:
    """Confirms everything published so far at each wait, unless `wait_errors` has an error for it."""

    server = Server("nowhere", 5672)

    def __init__(self, queue: "FakeQueue") -> None:
        self.depth: int | None = None
        self._queue = queue
        self._published = 0
        self._depth_requested = False
        self.closed = False

    def publish(
        self, _sensor_id: str, message_id: str, body: bytes, _trace: TraceHeaders | None = None
    ) -> None:
        self._published += 1
        self._queue.arrived.append(message_id)
        self._queue.bodies.append(body)

    def request_queue_depth(self, queue: str) -> None:
        assert queue == "heat"
        self.depth, self._depth_requested = None, True

    def wait(self, seconds: float) -> list[Confirm]:
        self._queue.clock.now += seconds
        self._queue.max_in_flight = max(self._queue.max_in_flight, self._published)
        self._queue.wait()
        if self._depth_requested and self._queue.answers:
            self.depth, self._depth_requested = len(self._queue.arrived) - self._queue.taken, False
        confirmed, self._published = self._published, 0
        self._queue.confirmed += confirmed
        return [Confirm(self._queue.delivery_tag(self, confirmed), multiple=True)] if confirmed else []

    def close(self) -> None:
        self.closed = True


class FakeQueue:
    """The messages of a queue, from which consumers took the first `taken`, and its publishers.

    Its depth is known only while it `answers`.
    """

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.arrived: list[str] = []
        self.bodies: list[bytes] = []
        self.taken = self.confirmed = self.max_in_flight = 0
        self.answers = True
        self.publishers: list[FakeConfirmPublisher] = []
        self.wait_errors: deque[Exception | None] = deque()
        self.connect_errors: deque[Exception | None] = deque()
        self.on_wait: Callable[[], object] = lambda: None
        self._tags: dict[int, int] = {}

    def connect(self) -> FakeConfirmPublisher:
        if self.connect_errors and (error := self.connect_errors.popleft()):
            raise error
        self.publishers.append(FakeConfirmPublisher(self))
        return self.publishers[-1]

    def wait(self) -> None:
        self.on_wait()
        if self.wait_errors and (error := self.wait_errors.popleft()):
            raise error

    def delivery_tag(self, publisher: FakeConfirmPublisher, confirmed: int) -> int:
        self._tags[id(publisher)] = self._tags.get(id(publisher), 0) + confirmed
        return self._tags[id(publisher)]

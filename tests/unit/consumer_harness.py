"""A consumer on a broker in memory, to test the consumer loop."""

from collections.abc import Callable, Sequence

from messaging.consuming.consumer import Consumer, ConsumerOptions
from messaging.consuming.consumer_events import ConsumerEvents
from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Work
from messaging.topology import Topology
from readings.errors import DeadLetterReason, InvalidReading
from runtime.errors import ServiceUnavailable
from runtime.lifecycle import ShutdownSignal
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import EventRecorder, FakeWork

QUEUE = "readings"
DEAD_LETTER_QUEUE = "readings.dead"
INVALID = InvalidReading(DeadLetterReason.NOT_JSON, "the body is not JSON")
DATABASE_DOWN = ServiceUnavailable("the database is down")


class ConsumerHarness:
    """Runs a consumer, by default until the queue is empty, and records what it does."""

    def __init__(self, *bodies: bytes) -> None:
        self.broker = FakeBroker()
        self.broker.put(QUEUE, *bodies)
        self.events = EventRecorder(ConsumerEvents)
        self.stop = ShutdownSignal()
        self.handled: list[bytes] = []
        self.batches: list[list[bytes]] = []
        self.reported: list[str] = []
        self.isolated: list[bytes] = []
        self.work: Work = FakeWork()

    def run(
        self,
        handler: Callable[[Delivery], None] = lambda _delivery: None,
        *,
        prefetch: int = 1,
        batch_size: int = 1,
        linger_seconds: float = 0,
        connect_timeout_seconds: float = 0,
        hold_seconds: float = 60,
        when_idle: Callable[[], None] | None = None,
    ) -> None:
        """`handler` is called for each message of a batch, and may raise InvalidReading to reject it."""

        def outcome(delivery: Delivery) -> InvalidReading | None:
            self.handled.append(delivery.body)
            try:
                handler(delivery)
            except InvalidReading as error:
                return error
            return None

        def handle(batch: Sequence[Delivery], work: Work) -> BatchResult:
            self.work = work
            self.batches.append([delivery.body for delivery in batch])
            return BatchResult([outcome(delivery) for delivery in batch], self._report)

        def isolate(batch: Sequence[Delivery], work: Work) -> BatchResult:
            self.batches.append([delivery.body for delivery in batch])
            self.isolated += self.batches[-1]
            return BatchResult([None] * len(batch), self._report)

        options = ConsumerOptions(
            url="amqp://nowhere",
            name="test",
            topology=Topology(QUEUE),
            prefetch=prefetch,
            batch_size=batch_size,
            linger_seconds=linger_seconds,
            connect_timeout_seconds=connect_timeout_seconds,
            max_hold_seconds=hold_seconds,
        )
        Consumer(
            options,
            handler=handle,
            isolation_handler=isolate,
            events=self.events,
            stop=self.stop,
            when_idle=when_idle or self.stop.set,
        ).run()

    def _report(self) -> None:
        self.reported += self.settlements()[-1:]

    def bodies(self, queue: str) -> list[bytes]:
        return [message.body for message in self.broker.queues[queue]]

    def settlements(self) -> list[str]:
        """Return the acks, requeues and publishes, in order."""
        return [each for each in self.broker.operations if each.startswith(("ack", "requeue", "publish"))]


MakeHarness = Callable[..., ConsumerHarness]


def failing(*errors: Exception, afterwards: Callable[[], None] = lambda: None) -> Callable[[Delivery], None]:
    """Return a handler that raises the next of these errors on each call, and then returns."""
    remaining = iter(errors)

    def handler(_delivery: Delivery) -> None:
        error = next(remaining, None)
        if error:
            raise error
        afterwards()

    return handler

"""A consumer on a broker in memory, for the tests of the consumer loop."""

from collections.abc import Callable, Sequence

from messaging.consumer import Consumer, ConsumerEvents, ConsumerOptions, Handled
from messaging.errors import DeadReason, InvalidReading
from messaging.session import Delivery
from messaging.topology import Topology
from service.errors import ServiceUnavailable
from service.lifecycle import Stop
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import Told

QUEUE = "readings"
DEAD = "readings.dead"
INVALID = InvalidReading(DeadReason.NOT_JSON, "the body is not JSON")
AWAY = ServiceUnavailable("the database is away")


class ConsumerBench:
    """By default it runs until the queue was found empty."""

    def __init__(self, *bodies: bytes) -> None:
        self.broker = FakeBroker()
        self.broker.put(QUEUE, *bodies)
        self.events = Told(ConsumerEvents)
        self.stop = Stop()
        self.handled: list[bytes] = []
        self.batches: list[list[bytes]] = []
        self.told: list[str] = []
        self.suspects: list[bytes] = []

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
        """`handler` is called for each message of a batch, and may raise InvalidReading to refuse it."""

        def outcome(delivery: Delivery) -> InvalidReading | None:
            self.handled.append(delivery.body)
            try:
                handler(delivery)
            except InvalidReading as error:
                return error
            return None

        def handle(batch: Sequence[Delivery]) -> Handled:
            self.batches.append([delivery.body for delivery in batch])
            return Handled([outcome(delivery) for delivery in batch], self._tell)

        def try_alone(batch: Sequence[Delivery]) -> Handled:
            self.batches.append([delivery.body for delivery in batch])
            self.suspects += self.batches[-1]
            return Handled([None] * len(batch), self._tell)

        options = ConsumerOptions(
            url="amqp://nowhere",
            name="bench",
            topology=Topology(QUEUE),
            prefetch=prefetch,
            batch_size=batch_size,
            linger_seconds=linger_seconds,
            connect_timeout_seconds=connect_timeout_seconds,
            hold_seconds=hold_seconds,
        )
        Consumer(
            options,
            handler=handle,
            suspect_handler=try_alone,
            events=self.events,
            stop=self.stop,
            when_idle=when_idle or self.stop.request,
        ).run()

    def _tell(self) -> None:
        self.told += self.settlements()[-1:]

    def bodies(self, queue: str) -> list[bytes]:
        return [message.body for message in self.broker.queues[queue]]

    def settlements(self) -> list[str]:
        """The acks, requeues and publishes, in order."""
        return [did for did in self.broker.did if did.startswith(("ack", "requeue", "publish"))]


MakeBench = Callable[..., ConsumerBench]


def failing(*errors: Exception, at_last: Callable[[], None] = lambda: None) -> Callable[[Delivery], None]:
    """A handler that raises these, one a call, and then returns."""
    left = iter(errors)

    def handler(_delivery: Delivery) -> None:
        error = next(left, None)
        if error:
            raise error
        at_last()

    return handler

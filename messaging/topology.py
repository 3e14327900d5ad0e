"""The exchange and the queues, declared the same way by everyone who may."""

from dataclasses import dataclass

from messaging.connection import BlockingChannel, translated

EXCHANGE = "sensors"
BINDING_KEY = "reading.#"
ROUTING_PREFIX = "reading."
MAX_ROUTING_KEY_BYTES = 255


@dataclass(frozen=True)
class Topology:
    """The names that follow from the queue's name."""

    queue: str

    @property
    def dead_queue(self) -> str:
        """Where messages go that can never become a reading."""
        return f"{self.queue}.dead"

    def declare(self, channel: BlockingChannel) -> None:
        """Declare everything, durable and without arguments, so that any client can declare it again.

        Raises BrokerUnavailable when the broker refuses, for instance because the queue exists with
        other arguments.
        """
        with translated():
            channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
            channel.queue_declare(self.queue, durable=True)
            channel.queue_declare(self.dead_queue, durable=True)
            channel.queue_bind(self.queue, EXCHANGE, routing_key=BINDING_KEY)


def routing_key(sensor_id: str) -> str:
    """The routing key of a sensor's readings, cut to what AMQP allows."""
    key = f"{ROUTING_PREFIX}{sensor_id}".encode()[:MAX_ROUTING_KEY_BYTES]
    return key.decode(errors="ignore")

"""The exchange and the queues, declared the same way by everyone who may."""

from dataclasses import dataclass

from messaging.amqp.connection import BlockingChannel, translate_errors
from messaging.amqp.event_loop import Channel

EXCHANGE = "sensors"
BINDING_KEY = "reading.#"
ROUTING_PREFIX = "reading."
MAX_ROUTING_KEY_BYTES = 255
# To which the alerter publishes notifications. A subscriber binds a queue of its own.
EVENTS_EXCHANGE = "events"
# Where the broker publishes what comes by MQTT, with the dots of a routing key for the slashes of the topic.
MQTT_EXCHANGE = "amq.topic"
MQTT_BINDING_KEY = "sensors.*.temperature"
# The same as a regular expression, for this project and for the broker's topic permissions.
MQTT_KEYS = r"^sensors\.([^.]+)\.temperature$"


@dataclass(frozen=True)
class Topology:
    """The names that follow from the queue's name."""

    queue: str

    @property
    def dead_queue(self) -> str:
        """Where messages go that can never become a reading."""
        return f"{self.queue}.dead"

    def declare(self, channel: BlockingChannel | Channel) -> None:
        """Declare everything, durable and without arguments, so that any client can declare it again.

        Raises BrokerUnavailable when the broker refuses, for instance because the queue exists with
        other arguments.
        """
        with translate_errors():
            channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
            channel.queue_declare(self.queue, durable=True)
            channel.queue_declare(self.dead_queue, durable=True)
            channel.queue_bind(self.queue, EXCHANGE, routing_key=BINDING_KEY)
            channel.queue_bind(self.queue, MQTT_EXCHANGE, routing_key=MQTT_BINDING_KEY)


def declare_events(channel: BlockingChannel) -> None:
    """Declare the exchange of the events. Raises BrokerUnavailable."""
    with translate_errors():
        channel.exchange_declare(EVENTS_EXCHANGE, exchange_type="topic", durable=True)


def routing_key(sensor_id: str) -> str:
    """The routing key of a sensor's readings, cut to what AMQP allows."""
    return fitting(f"{ROUTING_PREFIX}{sensor_id}")


def fitting(key: str) -> str:
    """A routing key, cut to what AMQP allows."""
    return key.encode(errors="replace")[:MAX_ROUTING_KEY_BYTES].decode(errors="ignore")

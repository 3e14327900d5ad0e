"""A message as a consumer received it."""

from typing import NamedTuple

import pika

from messaging.consuming.mqtt import mqtt_defaults
from readings.payload import MqttDefaults

POISON_SUSPECT_ATTEMPTS = 5
DELIVERY_COUNT = "x-delivery-count"
ACQUIRED_COUNT = "x-acquired-count"


class Delivery(NamedTuple):
    """A message that was delivered and is not settled yet."""

    body: bytes
    method: pika.spec.Basic.Deliver
    properties: pika.BasicProperties

    @property
    def delivery_attempt(self) -> int | None:
        """1 for the first delivery; None where the broker does not count (classic queues).

        RabbitMQ counts every delivery before 4.3. Since then it counts those whose consumer was lost, and
        omits a count of 0; `x-acquired-count` counts the others, such as messages that were requeued, too.
        """
        headers = self.properties.headers or {}
        default = 0 if ACQUIRED_COUNT in headers else None
        count = headers.get(DELIVERY_COUNT, default) if self.method.redelivered else 0
        return count + 1 if isinstance(count, int) else None

    @property
    def mqtt_defaults(self) -> MqttDefaults | None:
        """The defaults for the fields that the body of an MQTT message may omit; None for other messages."""
        return mqtt_defaults(self.method, self.properties)

    @property
    def maybe_poison(self) -> bool:
        """Whether the message was redelivered so often that it may be what kills its consumers.

        Where the broker does not count, every redelivery qualifies: there are few of them.
        """
        attempt = self.delivery_attempt
        return attempt is None or attempt >= POISON_SUSPECT_ATTEMPTS

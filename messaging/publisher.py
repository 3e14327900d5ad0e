"""Publishing readings with confirms."""

import time

import pika

from messaging.connection import BlockingConnection, close_quietly, translated
from messaging.contract import CONTENT_TYPE, MESSAGE_TYPE
from messaging.topology import EXCHANGE, routing_key


class Publisher:
    """Publishes readings on a connection of its own; one thread uses it."""

    def __init__(self, connection: BlockingConnection, app_id: str) -> None:
        """Check that the exchange is there, without needing the right to declare it.

        Raises BrokerUnavailable when it is not.
        """
        self._connection = connection
        self._app_id = app_id
        with translated():
            self._channel = connection.channel()
            self._channel.exchange_declare(EXCHANGE, passive=True)
            self._channel.confirm_delivery()

    def publish(self, sensor_id: str, message_id: str, body: bytes) -> None:
        """Return once the broker has confirmed that a queue holds the message.

        Raises Unroutable when no queue takes it and BrokerUnavailable for anything else; the message
        may then be in the queue or not, so it must be sent again.
        """
        properties = pika.BasicProperties(
            content_type=CONTENT_TYPE,
            delivery_mode=pika.DeliveryMode.Persistent,
            message_id=message_id,
            timestamp=int(time.time()),
            type=MESSAGE_TYPE,
            app_id=self._app_id,
        )
        with translated():
            self._channel.basic_publish(EXCHANGE, routing_key(sensor_id), body, properties, mandatory=True)

    def idle(self) -> None:
        """Answer heartbeats; call it at least every few seconds. Raises BrokerUnavailable when lost."""
        with translated():
            self._connection.process_data_events(0)

    def close(self) -> None:
        """Close the connection."""
        close_quietly(self._connection)

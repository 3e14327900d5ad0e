"""Announcing events to whoever has bound a queue to their exchange."""

import time

import pika

from messaging.amqp.connection import BlockingConnection, close_quietly, translate_errors
from messaging.topology import EVENTS_EXCHANGE, declare_events, fitting
from readings.payload import CONTENT_TYPE

MESSAGE_TYPE = "event.v1"


class EventPublisher:
    """Publishes events on a connection of its own; one thread uses it."""

    def __init__(self, connection: BlockingConnection, app_id: str) -> None:
        """Declare the exchange. Raises BrokerUnavailable."""
        self._connection = connection
        self._app_id = app_id
        with translate_errors():
            self._channel = connection.channel()
            self._channel.confirm_delivery()
        declare_events(self._channel)

    def announce(self, routing_key: str, event_id: str, body: bytes) -> None:
        """Return once the broker has confirmed it, in every queue that is bound for it; there may be none.

        Raises BrokerUnavailable; the event may then be announced or not, so it must be announced again. The
        routing key is cut to what AMQP allows.
        """
        properties = pika.BasicProperties(
            content_type=CONTENT_TYPE,
            delivery_mode=pika.DeliveryMode.Persistent,
            message_id=event_id,
            timestamp=int(time.time()),
            type=MESSAGE_TYPE,
            app_id=self._app_id,
        )
        with translate_errors():
            self._channel.basic_publish(EVENTS_EXCHANGE, fitting(routing_key), body, properties)

    def idle(self) -> None:
        """Answer heartbeats; call it at least every few seconds. Raises BrokerUnavailable when lost."""
        with translate_errors():
            self._connection.process_data_events(0)

    def close(self) -> None:
        """Close the connection."""
        close_quietly(self._connection)

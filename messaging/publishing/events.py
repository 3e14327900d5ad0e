"""Publish events to the exchange `events`, where no subscriber is required, and tickets of jobs."""

import time

import pika

from messaging.amqp.connection import BlockingConnection, close_quietly, translate_errors
from messaging.topology import EVENTS_EXCHANGE, JOBS_EXCHANGE, declare_events, truncate_routing_key
from readings.payload import CONTENT_TYPE

MESSAGE_TYPE = "event.v1"
TICKET_TYPE = "ticket.v1"


class EventPublisher:
    """Publishes events on a connection of its own; one thread uses it."""

    def __init__(self, connection: BlockingConnection, app_id: str) -> None:
        """Declare the exchange.

        Raises:
            BrokerUnavailable: When the broker is lost or refuses.
        """
        self._connection = connection
        self._app_id = app_id
        with translate_errors():
            self._channel = connection.channel()
            self._channel.confirm_delivery()
        declare_events(self._channel)

    def publish(self, routing_key: str, event_id: str, body: bytes) -> None:
        """Return once the broker has confirmed the event in every queue that is bound for it, if any.

        The routing key is truncated to what AMQP allows.

        Raises:
            BrokerUnavailable: When the event may or may not be published, so it must be published again.
        """
        self._publish(EVENTS_EXCHANGE, truncate_routing_key(routing_key), event_id, body)

    def publish_ticket(self, kind: str, ticket_id: str, body: bytes) -> None:
        """Return once the broker has confirmed the ticket of a job of this kind.

        Raises:
            BrokerUnavailable: When the ticket may or may not be published.
        """
        self._publish(JOBS_EXCHANGE, kind, ticket_id, body, message_type=TICKET_TYPE)

    def process_heartbeats(self) -> None:
        """Process heartbeats; call it at least every few seconds.

        Raises:
            BrokerUnavailable: When the connection is lost.
        """
        with translate_errors():
            self._connection.process_data_events(0)

    def _publish(
        self, exchange: str, key: str, message_id: str, body: bytes, message_type: str = MESSAGE_TYPE
    ) -> None:
        properties = pika.BasicProperties(
            content_type=CONTENT_TYPE,
            delivery_mode=pika.DeliveryMode.Persistent,
            message_id=message_id,
            timestamp=int(time.time()),
            type=message_type,
            app_id=self._app_id,
        )
        with translate_errors():
            self._channel.basic_publish(exchange, key, body, properties)

    def close(self) -> None:
        """Close the connection."""
        close_quietly(self._connection)

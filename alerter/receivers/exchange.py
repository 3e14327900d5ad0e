"""The exchange `events` as a receiver."""

from alerter.notification import Notification
from messaging.amqp.connection import close_quietly, connect
from messaging.errors import BrokerUnavailable
from messaging.publishing.events import EventPublisher

NAME = "alerter"


class ExchangeReceiver:
    """Publishes each notification with a publisher confirm, on a connection of its own."""

    def __init__(self, url: str) -> None:
        """Connect and declare the exchange.

        Raises:
            BrokerUnavailable: When the broker cannot be reached.
        """
        connection = connect(url, NAME)
        try:
            self._publisher = EventPublisher(connection, app_id=NAME)
        except BrokerUnavailable:
            close_quietly(connection)
            raise

    def send(self, notification: Notification) -> None:
        """Publish it, in several messages if it is large, and wait for the confirms.

        Raises:
            BrokerUnavailable: When the broker did not confirm it.
        """
        for part in notification.parts:
            self._publisher.publish(notification.routing_key, part.message_id, part.body)

    def keep_alive(self) -> bool:
        """Answer heartbeats.

        Raises:
            BrokerUnavailable: When the connection is lost.
        """
        self._publisher.process_heartbeats()
        return True

    def close(self) -> None:
        """Close the connection."""
        self._publisher.close()

"""The exchange `events` as a receiver."""

from alerter.alert import Event
from messaging.amqp.connection import close_quietly, connect
from messaging.errors import BrokerUnavailable
from messaging.publishing.events import EventPublisher

NAME = "alerter"


class Exchange:
    """Publishes each event with a confirm, on a connection of its own."""

    def __init__(self, url: str) -> None:
        """Connect, and declare the exchange. Raises BrokerUnavailable."""
        connection = connect(url, NAME)
        try:
            self._announcer = EventPublisher(connection, app_id=NAME)
        except BrokerUnavailable:
            close_quietly(connection)
            raise

    def deliver(self, event: Event) -> None:
        """Return once the broker has it. Raises BrokerUnavailable."""
        self._announcer.announce(event.routing_key, event.event_id, event.body)

    def idle(self) -> bool:
        """Answer heartbeats. Raises BrokerUnavailable."""
        self._announcer.idle()
        return True

    def close(self) -> None:
        """Close the connection."""
        self._announcer.close()

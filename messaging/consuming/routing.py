"""Separate the messages that are readings from those that must not reach a handler.

A message that no queue takes reaches the queue through an alternate exchange (messaging/topology.py). Its
exchange and routing key stay as they were, so that it is recognised and dead-lettered with the usual headers.
"""

import re
from collections.abc import Sequence
from functools import partial
from typing import Protocol

from messaging.consuming.delivery import Delivery
from messaging.consuming.handler import BatchResult, Handler, Work
from messaging.consuming.mqtt import DEFAULT_EXCHANGE, original_route
from messaging.topology import EXCHANGE, MQTT_EXCHANGE, MQTT_ROUTING_KEY_PATTERN, ROUTING_PREFIX
from readings.errors import DeadLetterReason, InvalidReading
from runtime.text import to_valid_text

EXPECTED_TOPIC = "MQTT messages go to the topic sensors/<sensor_id>/temperature"
EXPECTED_KEY = f"readings go to the exchange {EXCHANGE} with the routing key {ROUTING_PREFIX}<sensor_id>"
MAX_KEY_CHARACTERS = 60


class RoutingEvents(Protocol):
    """Receives what is settled without a handler and without a dead letter."""

    def ignored(self, messages: int) -> None:
        """Record messages without content."""


class ReadingsOnly:
    """A handler that passes readings to another one.

    Messages that no binding of the topology accepts are rejected as `unroutable`. Empty MQTT messages are
    ignored: with them a device deletes the message that the broker retained for a topic.
    """

    def __init__(self, handler: Handler, events: RoutingEvents) -> None:
        self._handler = handler
        self._events = events

    def __call__(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        """Handle the readings of the batch together; raises what the handler does."""
        if all(map(_is_usual, batch)):
            return self._handler(batch, work)
        return self._handle_selected(batch, work)

    def _handle_selected(self, batch: Sequence[Delivery], work: Work) -> BatchResult:
        ignored = {position for position, delivery in enumerate(batch) if is_retained_clear(delivery)}
        errors = [
            None if position in ignored else routing_error(delivery)
            for position, delivery in enumerate(batch)
        ]
        readings = [
            position for position, error in enumerate(errors) if error is None and position not in ignored
        ]
        result = BatchResult((), lambda: None)
        if readings:
            result = self._handler([batch[position] for position in readings], work)
        for position, error in zip(readings, result.errors, strict=True):
            errors[position] = error
        return BatchResult(errors, partial(self._settled, result, len(ignored)))

    def _settled(self, result: BatchResult, ignored: int) -> None:
        if ignored:
            self._events.ignored(ignored)
        result.on_settled()


def _is_usual(delivery: Delivery) -> bool:
    """Return whether the message is a reading, by a cheap test that covers nearly all messages."""
    method = delivery.method
    if method.exchange == EXCHANGE:
        key = method.routing_key  # bytes if it is not UTF-8
        return isinstance(key, str) and key.startswith(ROUTING_PREFIX)
    return bool(method.exchange == DEFAULT_EXCHANGE and delivery.body)


def is_retained_clear(delivery: Delivery) -> bool:
    """Return whether the message is an empty MQTT message."""
    if delivery.body:
        return False
    return original_route(delivery.method, delivery.properties.headers or {}).exchange == MQTT_EXCHANGE


def routing_error(delivery: Delivery) -> InvalidReading | None:
    """Return why the message was not routed as a reading; None for one that was, or was replayed."""
    exchange, key = delivery.method.exchange, to_valid_text(delivery.method.routing_key)
    if exchange == EXCHANGE:
        expected = None if f"{key}.".startswith(ROUTING_PREFIX) else EXPECTED_KEY
    elif exchange == MQTT_EXCHANGE:
        expected = None if re.search(MQTT_ROUTING_KEY_PATTERN, key) else EXPECTED_TOPIC
    else:
        return None
    if expected is None:
        return None
    shown = key if len(key) <= MAX_KEY_CHARACTERS else f"{key[:MAX_KEY_CHARACTERS]}…"
    return InvalidReading(
        DeadLetterReason.UNROUTABLE, f"no queue takes the routing key {shown!r} of {exchange}: {expected}"
    )

"""Publish messages that can never become a reading to the dead-letter queue, with the reason."""

import copy
from datetime import UTC, datetime
from typing import Any

import pika

from messaging.amqp.channel import Channel
from messaging.amqp.connection import translate_errors
from messaging.consuming.mqtt import ORIGINAL_EXCHANGE, ORIGINAL_ROUTING_KEY, REPLAYS, Route, original_route
from messaging.spans import dead_letter_span
from readings.errors import InvalidReading
from runtime.text import to_valid_text

MAX_DETAIL_CHARACTERS = 500
# All properties are sent in one frame; the broker closes the connection over one above 128 KiB.
MAX_PROPERTIES_BYTES = 131_000
# Headers that the broker acts on: CC and BCC route the copy again, the counts belong to the original queue.
ACTIVE_HEADERS = ("CC", "BCC", "x-delivery-count", "x-acquired-count")


class DeadLetterWriter:
    """Publishes to the dead-letter queue and waits for the confirm."""

    def __init__(self, channel: Channel, dead_queue: str, by: str) -> None:
        self._channel = channel
        self._dead_queue = dead_queue
        self._by = by
        with translate_errors():
            channel.confirm_delivery()

    def wait_for_confirm(self) -> None:
        """Return once the dead-letter queue has confirmed a message that `write` has published.

        Raises:
            PublishersBlocked: When the broker still accepts no messages.
        """
        self._channel.wait_for_confirms()

    def write(
        self,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
        error: InvalidReading,
    ) -> None:
        """Return once the dead-letter queue has confirmed the message with its reason.

        Raises:
            PublishersBlocked: When the message is published, and confirmed once the broker accepts messages.
            BrokerUnavailable: When the broker is lost or does not confirm.
        """
        headers = properties.headers or {}
        reason_headers = _reason_headers(original_route(method, headers), error, self._by)
        dead = sanitize_properties(properties, {REPLAYS: 0, **headers, **reason_headers})
        size = sum(map(len, dead.encode()))
        if size > MAX_PROPERTIES_BYTES:
            omitted = f"omitted: with them the properties have {size} bytes"
            short = {REPLAYS: 0, "x-original-headers": omitted, **reason_headers}
            dead = sanitize_properties(properties, short)
        with dead_letter_span(properties, self._dead_queue), translate_errors():
            self._channel.basic_publish("", self._dead_queue, body, dead, mandatory=True)


def _reason_headers(route: Route, error: InvalidReading, by: str) -> dict[str, Any]:
    return {
        "x-dead-reason": error.reason.value,
        "x-dead-detail": to_valid_text(error.detail[:MAX_DETAIL_CHARACTERS]),
        "x-dead-at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "x-dead-by": by,
        ORIGINAL_EXCHANGE: route.exchange,
        ORIGINAL_ROUTING_KEY: route.routing_key,
    }


def sanitize_properties(properties: pika.BasicProperties, headers: dict[str, Any]) -> pika.BasicProperties:
    """Return a persistent copy with these headers, without what would make the broker drop or refuse it.

    What is removed is kept in `x-original-*` headers. An expiration would make the broker drop the dead
    letter; another user's user_id and a direct reply-to make the broker close the channel.
    """
    copied = copy.copy(properties)
    copied.headers = dict(headers)
    for name in ACTIVE_HEADERS:
        if name in headers:
            copied.headers[f"x-original-{name.removeprefix('x-').lower()}"] = copied.headers.pop(name)
    copied.delivery_mode = pika.DeliveryMode.Persistent.value
    active = {"expiration": copied.expiration, "user_id": copied.user_id}
    if to_valid_text(copied.reply_to).startswith("amq."):
        active["reply_to"] = copied.reply_to
    for name, value in active.items():
        if value is not None:
            copied.headers[f"x-original-{name.replace('_', '-')}"] = value
            setattr(copied, name, None)
    if not copied.headers:
        copied.headers = properties.headers  # an empty table differs from none
    return copied

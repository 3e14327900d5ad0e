"""Dead letters: a message that can never become a reading, kept with the reason."""

import copy
from datetime import UTC, datetime
from typing import Any

import pika

from messaging.amqp.connection import translate_errors
from messaging.amqp.event_loop import Channel
from messaging.consuming.mqtt import ORIGINAL_EXCHANGE, ORIGINAL_KEY, REPLAYS, Route, route_of
from readings.errors import InvalidReading

MAX_DETAIL_CHARACTERS = 500
# All of them travel in one frame, which may have 128 KiB; the broker closes the connection over a larger one.
MAX_PROPERTIES_BYTES = 131_000
# Headers that the broker acts on: CC and BCC would route the copy again, the count belongs to the old queue.
ACTIVE_HEADERS = ("CC", "BCC", "x-delivery-count")


class DeadLetterWriter:
    """Republishes to the dead queue and waits for the confirm."""

    def __init__(self, channel: Channel, dead_queue: str, by: str) -> None:
        self._channel = channel
        self._dead_queue = dead_queue
        self._by = by
        with translate_errors():
            channel.confirm_delivery()

    def bury(
        self,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
        error: InvalidReading,
    ) -> None:
        """Return once the dead queue holds the message with its reason. Raises BrokerUnavailable."""
        headers = properties.headers or {}
        reasons = _reasons(route_of(method, headers), error, self._by)
        dead = disarmed(properties, {REPLAYS: 0, **headers, **reasons})
        size = sum(map(len, dead.encode()))
        if size > MAX_PROPERTIES_BYTES:
            left_out = f"left out: with them the properties have {size} bytes"
            dead = disarmed(properties, {REPLAYS: 0, "x-original-headers": left_out, **reasons})
        with translate_errors():
            self._channel.basic_publish("", self._dead_queue, body, dead, mandatory=True)


def _reasons(route: Route, error: InvalidReading, by: str) -> dict[str, Any]:
    return {
        "x-dead-reason": error.reason.value,
        "x-dead-detail": error.detail[:MAX_DETAIL_CHARACTERS],
        "x-dead-at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "x-dead-by": by,
        ORIGINAL_EXCHANGE: route.exchange,
        ORIGINAL_KEY: route.routing_key,
    }


def disarmed(properties: pika.BasicProperties, headers: dict[str, Any]) -> pika.BasicProperties:
    """A persistent copy with these headers, and aside in them what would make the broker drop or refuse it.

    An expiration would empty the dead queue by itself; another user's user_id and a direct reply-to
    make the broker close the channel.
    """
    copied = copy.copy(properties)
    copied.headers = dict(headers)
    for name in ACTIVE_HEADERS:
        if name in headers:
            copied.headers[f"x-original-{name.removeprefix('x-').lower()}"] = copied.headers.pop(name)
    copied.delivery_mode = pika.DeliveryMode.Persistent.value
    active = {"expiration": copied.expiration, "user_id": copied.user_id}
    if str(copied.reply_to).startswith("amq."):
        active["reply_to"] = copied.reply_to
    for name, value in active.items():
        if value is not None:
            copied.headers[f"x-original-{name.replace('_', '-')}"] = value
            setattr(copied, name, None)
    return copied

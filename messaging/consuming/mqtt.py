"""Messages that came by MQTT: what their topic, and the broker's stamp on them, say beside the body.

The broker turns the topic `sensors/kitchen/temperature` into the routing key `sensors.kitchen.temperature`.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pika

from messaging.topology import MQTT_EXCHANGE, MQTT_KEYS
from readings.csv_columns import EPOCH
from readings.payload import MqttDefaults, format_timestamp

# Both are what the broker's interceptor `set_header_timestamp` writes where a publisher did not.
STAMP_HEADER = "timestamp_in_ms"
REPLAYED_TO = ""  # the default exchange
REPLAYS, ORIGINAL_EXCHANGE, ORIGINAL_KEY = "x-replays", "x-original-exchange", "x-original-routing-key"


class Route(NamedTuple):
    """Where a message was published to."""

    exchange: str
    routing_key: str


def topic_of(method: pika.spec.Basic.Deliver, properties: pika.BasicProperties) -> MqttDefaults | None:
    """What is said beside the body; None for a message that did not come by MQTT."""
    headers = properties.headers or {}
    if method.exchange != MQTT_EXCHANGE and not (method.exchange == REPLAYED_TO and REPLAYS in headers):
        return None
    sensor_id = sensor_of(route_of(method, headers))
    return None if sensor_id is None else MqttDefaults(sensor_id, _stamp(properties))


def route_of(method: pika.spec.Basic.Deliver, headers: Mapping[str, Any]) -> Route:
    """How the message came the first time: one that was replayed from the dead queue says so itself."""
    if method.exchange == REPLAYED_TO and headers.get(REPLAYS):
        exchange, key = headers.get(ORIGINAL_EXCHANGE), headers.get(ORIGINAL_KEY)
        if isinstance(exchange, str) and isinstance(key, str):
            return Route(exchange, key)
    return Route(method.exchange, method.routing_key)


def sensor_of(route: Route) -> str | None:
    """The sensor that an MQTT topic names; None for any other way."""
    match = re.search(MQTT_KEYS, route.routing_key) if route.exchange == MQTT_EXCHANGE else None
    return match[1] if match else None


def _stamp(properties: pika.BasicProperties) -> str | None:
    milliseconds = (properties.headers or {}).get(STAMP_HEADER)
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        milliseconds = None if properties.timestamp is None else properties.timestamp * 1000
    try:
        return (
            None if milliseconds is None else format_timestamp(EPOCH + timedelta(milliseconds=milliseconds))
        )
    except OverflowError:  # a publisher's own number
        return None

"""Messages that were published by MQTT: the defaults that their topic and the broker's timestamp provide.

The broker turns the topic `sensors/kitchen/temperature` into the routing key `sensors.kitchen.temperature`.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pika

from messaging.topology import MQTT_EXCHANGE, MQTT_ROUTING_KEY_PATTERN
from readings.csv_columns import EPOCH
from readings.payload import MqttDefaults
from readings.times import format_timestamp

# The broker's interceptor `set_header_timestamp` sets it and the timestamp property if the publisher did not
BROKER_TIMESTAMP_HEADER = "timestamp_in_ms"
DEFAULT_EXCHANGE = ""
REPLAYS = "x-replays"
ORIGINAL_EXCHANGE = "x-original-exchange"
ORIGINAL_ROUTING_KEY = "x-original-routing-key"


class Route(NamedTuple):
    """The exchange and routing key to which a message was published; pika returns bytes if not UTF-8."""

    exchange: str | bytes
    routing_key: str | bytes


def mqtt_defaults(method: pika.spec.Basic.Deliver, properties: pika.BasicProperties) -> MqttDefaults | None:
    """Return the defaults for the fields that the body may omit; None for a message not published by MQTT."""
    headers = properties.headers or {}
    if method.exchange != MQTT_EXCHANGE and not (method.exchange == DEFAULT_EXCHANGE and REPLAYS in headers):
        return None
    sensor_id = sensor_id_from_route(original_route(method, headers))
    return None if sensor_id is None else MqttDefaults(sensor_id, _broker_timestamp(properties))


def original_route(method: pika.spec.Basic.Deliver, headers: Mapping[str, Any]) -> Route:
    """Return how the message was first published; a replayed message states it in its headers."""
    if method.exchange == DEFAULT_EXCHANGE and headers.get(REPLAYS):
        exchange, key = headers.get(ORIGINAL_EXCHANGE), headers.get(ORIGINAL_ROUTING_KEY)
        if isinstance(exchange, str | bytes) and isinstance(key, str | bytes):
            return Route(exchange, key)
    return Route(method.exchange, method.routing_key)


def sensor_id_from_route(route: Route) -> str | None:
    """Return the sensor that an MQTT topic names; None for every other route."""
    if route.exchange != MQTT_EXCHANGE or isinstance(route.routing_key, bytes):
        return None
    match = re.search(MQTT_ROUTING_KEY_PATTERN, route.routing_key)
    return match[1] if match else None


def _broker_timestamp(properties: pika.BasicProperties) -> str | None:
    milliseconds = (properties.headers or {}).get(BROKER_TIMESTAMP_HEADER)
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        milliseconds = None if properties.timestamp is None else properties.timestamp * 1000
    if milliseconds is None:
        return None
    try:
        return format_timestamp(EPOCH + timedelta(milliseconds=milliseconds))
    except OverflowError:  # a number of the publisher's own
        return None

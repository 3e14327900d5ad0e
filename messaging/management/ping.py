"""Ping the workers over the exchange `control`; each answers on the exchange `events`."""

import json
import time
from collections.abc import Generator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import pika

from messaging.amqp.connection import BlockingChannel, close_quietly, connect, translate_errors
from messaging.settings import BrokerSettings
from messaging.topology import CONTROL_EXCHANGE, EVENTS_EXCHANGE, truncate_routing_key
from readings.payload import CONTENT_TYPE
from readings.times import format_timestamp

NAME = "sensorctl ping"
ALL_WORKERS = "all"
POLL_SECONDS = 0.1


class Pong(NamedTuple):
    """The answer of a worker, and the seconds from the ping to its arrival."""

    fields: dict[str, Any]
    seconds: float


def ping(settings: BrokerSettings, target: str, timeout_seconds: float) -> Generator[Pong, None, None]:
    """Ping one worker or all, and yield each answer as it arrives, until the time is over.

    Raises:
        BrokerUnavailable: When the broker is down or refuses.
        TopologyMissing: When there is no exchange for commands.
    """
    connection = connect(settings.amqp_url, NAME)
    telemetry_id = str(uuid4())
    queue = f"{EVENTS_EXCHANGE}.ping.{telemetry_id}"
    answers: list[tuple[float, bytes]] = []
    try:
        with translate_errors():
            channel = connection.channel()
            channel.exchange_declare(CONTROL_EXCHANGE, passive=True)
            # Only a classic queue can end with its connection.
            channel.queue_declare(queue, exclusive=True, arguments={"x-queue-type": "classic"})
            channel.queue_bind(queue, EVENTS_EXCHANGE, routing_key=f"pong.{telemetry_id}")
            channel.basic_consume(
                queue, lambda *delivery: answers.append((time.monotonic(), delivery[-1])), auto_ack=True
            )
            started_at = time.monotonic()
            _publish(channel, target, queue, telemetry_id)
        while (remaining := started_at + timeout_seconds - time.monotonic()) > 0:
            with translate_errors():
                connection.process_data_events(min(remaining, POLL_SECONDS))
            while answers:
                arrived_at, body = answers.pop(0)
                yield Pong(_fields(body), arrived_at - started_at)
    finally:
        close_quietly(connection)


def _publish(channel: BlockingChannel, target: str, queue: str, telemetry_id: str) -> None:
    """Publish the ping; without a worker no queue takes it, which is not an error."""
    fields = {
        "command": "ping",
        "queue_id": queue,
        "target": target,
        "telemetry_id": telemetry_id,
        "timestamp": format_timestamp(datetime.now(UTC)),
    }
    properties = pika.BasicProperties(content_type=CONTENT_TYPE, message_id=telemetry_id, app_id=NAME)
    routing_key = truncate_routing_key(f"ping.{target}")
    channel.basic_publish(CONTROL_EXCHANGE, routing_key, json.dumps(fields).encode(), properties)


def _fields(body: bytes) -> dict[str, Any]:
    """Return the fields of an answer; none if it is not a JSON object."""
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}

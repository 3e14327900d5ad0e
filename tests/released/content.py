"""What the recording of a version contains: readings of several days in every payload format, and rubbish."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from messaging.publishing.confirm_publisher import reading_properties
from messaging.topology import EXCHANGE, routing_key
from tests.broker import VirtualHost
from tests.mqtt import device
from tests.released.messages import RecordedMessage

# Past days: one gets a partition of its own, the others stay in the default partition.
BUSY_DAY = datetime(2025, 11, 20, 23, 30, tzinfo=UTC)
BUSY_READINGS = 1000
QUIET_DAY = "2025-08-11T23:16:59.428169"
TIME = "2025-11-22T05:28:37.123456Z"
RUN = "01934f2a-0000-7abc-8000-0123456789ab"
MQTT_TOPIC = "sensors/kitchen/temperature"
NAMED_SENSOR = "kitchen"
# It sends readings for some minutes until the recording, so that it is offline after the restore.
OFFLINE_SENSOR = "cellar"
RECENT_READINGS = 12

IN_EVERY_FORMAT: tuple[dict[str, Any], ...] = (
    {"id": 1, "data": QUIET_DAY, "temperatura": 23.84},
    {"sensor_id": "S1", "timestamp": "2023-10-01T12:00:00Z", "temperature": 22.5},
    {"sensor_id": "1", "measured_at": TIME, "temperature": 21.53},
    {"sensor_id": "office", "measured_at": TIME, "temperature": 69.88083514, "unit": "fahrenheit"},
    {"sensor_id": "office", "measured_at": TIME, "temperature": 70.7, "unit": "F"},
    {"sensor_id": "attic", "measured_at": "2025-11-22T07:28:37+02:00", "temperature": 294.65, "unit": "K"},
    {"sensor_id": "Küche 2", "measured_at": TIME, "temperature": -3, "unit": "celsius"},
)
BY_MQTT: tuple[dict[str, Any], ...] = (
    {"data": QUIET_DAY, "temperatura": 19.25},
    {"timestamp": TIME, "temperature": 68, "unit": "F"},
)
INVALID = (
    b"it is warm",
    b"\xff\xfe\xfd",
    json.dumps({"sensor_id": "1", "measured_at": TIME}).encode(),
    json.dumps({"sensor_id": "1", "measured_at": TIME, "temperature": -300}).encode(),
)


def numbered_readings(sequences: Iterator[int]) -> Iterator[RecordedMessage]:
    """Yield messages of one run, as our sensors publish them."""
    for sequence in sequences:
        reading_id = str(uuid4())
        measured_at = datetime.fromisoformat(TIME) + timedelta(seconds=sequence)
        body = {
            "reading_id": reading_id, "sensor_id": "3", "measured_at": measured_at.isoformat(),
            "temperature": 20 + sequence / 8, "unit": "celsius", "run_id": RUN, "sequence": sequence,
        }  # fmt: skip
        yield RecordedMessage(
            EXCHANGE, routing_key("3"), _json(body), reading_properties(reading_id, "sensor-3")
        )


def publish_in_every_format(broker: VirtualHost, offset: timedelta = timedelta(0)) -> None:
    """Publish a reading in every format, measured `offset` later, as simple clients and devices do."""
    for body in IN_EVERY_FORMAT:
        broker.publish(_later(body, offset))
    with device(broker.server.mqtt_url, f"{broker.name}:{broker.name}", broker.name) as client:
        client.publish(MQTT_TOPIC, "21.5")
        for body in BY_MQTT:
            client.publish(MQTT_TOPIC, json.dumps(_later(body, offset)))


def publish_busy_day(broker: VirtualHost) -> None:
    """Publish enough readings of one past day for a partition of their own."""
    for number in range(BUSY_READINGS):
        measured_at = BUSY_DAY - timedelta(seconds=5 * number)
        sensor_id, temperature = str(1 + number % 2), 20 + number % 40 / 8
        broker.publish(
            {"sensor_id": sensor_id, "measured_at": measured_at.isoformat(), "temperature": temperature}
        )


def publish_until_now(broker: VirtualHost) -> None:
    """Publish readings of the last two minutes of a sensor that sends no more."""
    now = datetime.now(UTC)
    for number in range(RECENT_READINGS):
        measured_at = (now - timedelta(seconds=10 * number)).isoformat()
        broker.publish({"sensor_id": OFFLINE_SENSOR, "measured_at": measured_at, "temperature": 12.5})


def publish_invalid(broker: VirtualHost) -> int:
    """Publish messages that are dead-lettered, two of them only for now; return their number."""
    ahead = datetime.now(UTC) + timedelta(minutes=6)
    future = {"sensor_id": "1", "measured_at": ahead.isoformat(), "temperature": 21}
    for body in (*INVALID, _json(future)):
        broker.publish(body, exchange=EXCHANGE, routing_key=routing_key("1"))
    with device(broker.server.mqtt_url, f"{broker.name}:{broker.name}", broker.name) as client:
        client.publish(MQTT_TOPIC, "it is warm")
    return len(INVALID) + 2


def _later(body: dict[str, Any], offset: timedelta) -> dict[str, Any]:
    field = next(name for name in ("measured_at", "timestamp", "data") if name in body)
    return body | {field: (datetime.fromisoformat(body[field]) + offset).isoformat()}


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()

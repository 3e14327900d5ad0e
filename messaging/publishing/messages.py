"""Readings as messages that are published in bulk."""

from typing import Any

from messaging.publishing.bulk import Message
from readings.model import Reading, Unit
from readings.payload import encode_reading


def to_message(reading: Reading, context: Any = None) -> Message:
    """Return the message of a reading, in °C; `context` is for the caller's own use."""
    body = encode_reading(reading, reading.temperature, Unit.CELSIUS)
    return Message(reading.sensor_id, str(reading.reading_id), body, context)

"""The answer to a ping."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import BaseModel, Field, ValidationError

from readings.times import format_timestamp
from runtime.validation_messages import to_invalid_input
from runtime.version import VERSION


class Ping(BaseModel):
    """A ping on the exchange `control`; the routing key of its answer contains its telemetry_id."""

    telemetry_id: str = Field(min_length=1, max_length=200)
    queue_id: str = ""


class Pong(NamedTuple):
    """An answer, to be published on the exchange `events`."""

    telemetry_id: str
    body: bytes

    @property
    def routing_key(self) -> str:
        """The key with which it is published."""
        return f"pong.{self.telemetry_id}"


def answer_ping(body: bytes, worker: str) -> Pong:
    """Return the answer to a ping.

    Raises:
        ValueError: When the ping cannot be answered; the message says why.
    """
    try:
        ping = Ping.model_validate_json(body)
    except ValidationError as error:
        raise ValueError(str(to_invalid_input(error))) from None
    fields = {
        "command": "pong",
        "queue_id": ping.queue_id,
        "target": worker,
        "telemetry_id": ping.telemetry_id,
        "timestamp": format_timestamp(datetime.now(UTC)),
        "worker": worker,
        "version": VERSION,
    }
    return Pong(ping.telemetry_id, json.dumps(fields).encode())

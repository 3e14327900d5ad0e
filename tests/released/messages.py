"""Messages of a released version as JSON, and their return to a broker."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import pika

from tests.broker import Message, VirtualHost

Fields = dict[str, Any]


@dataclass(frozen=True)
class RecordedMessage:
    """A message, and the exchange and routing key to which it was published."""

    exchange: str
    routing_key: str
    body: bytes
    properties: pika.BasicProperties

    @classmethod
    def received(cls, message: Message) -> Self:
        """Return a message that was received from a queue."""
        return cls(message.method.exchange, message.method.routing_key, message.body, message.properties)

    @classmethod
    def decode(cls, fields: Fields) -> Self:
        """Return the message that `encode` made these fields of."""
        properties = pika.BasicProperties(**_decode(fields["properties"]))
        body = fields["body"].encode() if "body" in fields else base64.b64decode(fields["body_base64"])
        return cls(fields["exchange"], fields["routing_key"], body, properties)

    def encode(self) -> Fields:
        """Return the message as fields of JSON; a body that is not UTF-8 is in base64."""
        properties = {
            name: _encode(value) for name, value in vars(self.properties).items() if value is not None
        }
        fields: Fields = {
            "exchange": self.exchange, "routing_key": self.routing_key, "properties": properties,
        }  # fmt: skip
        try:
            return fields | {"body": self.body.decode()}
        except UnicodeDecodeError:
            return fields | {"body_base64": base64.b64encode(self.body).decode()}

    def publish(self, broker: VirtualHost) -> None:
        """Publish the message as it was published, and wait for the confirm."""
        broker.publish(self.body, self.properties, exchange=self.exchange, routing_key=self.routing_key)


def write_messages(path: Path, messages: Iterable[RecordedMessage]) -> None:
    """Write one message per line."""
    lines = [json.dumps(message.encode(), ensure_ascii=False) + "\n" for message in messages]
    path.write_text("".join(lines), encoding="utf-8")


def read_messages(path: Path) -> list[RecordedMessage]:
    """Read what `write_messages` wrote."""
    return [
        RecordedMessage.decode(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()
    ]


def _encode(value: Any) -> Any:
    match value:
        case datetime():
            return {"$time": value.isoformat()}
        case list():
            return [_encode(item) for item in value]
        case dict():
            return {name: _encode(item) for name, item in value.items()}
    return value


def _decode(value: Any) -> Any:
    match value:
        case {"$time": text}:
            return datetime.fromisoformat(text)
        case list():
            return [_decode(item) for item in value]
        case dict():
            return {name: _decode(item) for name, item in value.items()}
    return value

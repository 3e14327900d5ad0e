"""A message of the dead-letter queue: its content and why it was dead-lettered."""

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import pika

from messaging.consuming.mqtt import (
    ORIGINAL_EXCHANGE,
    ORIGINAL_ROUTING_KEY,
    REPLAYS,
    Route,
    sensor_id_from_route,
)
from messaging.topology import ROUTING_PREFIX
from readings.ids import normalise_sensor_id
from readings.payload import MAX_BODY_BYTES, MAX_INTEGER
from runtime.text import to_valid_text

ID_CHARACTERS = 12
UNKNOWN = "unknown"
# A reason is a word; a longer one, which any client can write, would fill every list.
MAX_REASON_CHARACTERS = 100
# How often a quorum queue delivered it, as far as its limit counts; RabbitMQ 4.3 adds how often at all.
DELIVERY_COUNT = "x-delivery-count"
QUEUE_HEADERS = (DELIVERY_COUNT, "x-acquired-count")
# Headers that dead-lettering adds: by this project, and by a policy of the broker.
DEAD_LETTER_HEADER_PREFIXES = ("x-dead-", "x-death", "x-first-death-", "x-last-death-")


class Origin(NamedTuple):
    """Identifies a reading by its sensor, run and sequence number."""

    sensor_id: str
    run_id: UUID
    sequence: int


@dataclass(frozen=True)
class DeadLetter:
    """A message of the dead-letter queue; `tag` is its delivery tag while it is held, else 0.

    Any client may have written it, so none of its content is trusted.
    """

    body: bytes
    properties: pika.BasicProperties
    tag: int = 0

    @cached_property
    def headers(self) -> dict[str, Any]:
        """Its headers, without those of the dead-letter queue itself."""
        headers = self.properties.headers or {}
        return {name: value for name, value in headers.items() if name not in QUEUE_HEADERS}

    @property
    def is_held(self) -> bool:
        """Whether it was received and is not settled yet."""
        return self.tag != 0

    @property
    def returns(self) -> int:
        """How often it was requeued, as far as the limit of a quorum queue counts that."""
        return _non_negative_int((self.properties.headers or {}).get(DELIVERY_COUNT))

    @cached_property
    def id(self) -> str:
        """Its ID for operators, a hash of body, message_id and time; identical copies share it."""
        parts = [self.properties.message_id, self.headers.get("x-dead-at"), self.headers.get("x-dead-by")]
        digest = hashlib.sha256("\n".join(map(str, parts)).encode(errors="replace"))
        digest.update(self.body)
        return digest.hexdigest()[:ID_CHARACTERS]

    @property
    def reason(self) -> str:
        """The reason, one word; the broker's own for a message that the broker dead-lettered."""
        reason = self.headers.get("x-dead-reason") or self.headers.get("x-first-death-reason")
        text = to_valid_text(reason or UNKNOWN)
        return text if len(text) <= MAX_REASON_CHARACTERS else f"{text[: MAX_REASON_CHARACTERS - 1]}…"

    @property
    def detail(self) -> str:
        """The explanation with field and value, if there is one."""
        return to_valid_text(self.headers.get("x-dead-detail") or "")

    @property
    def dead_at(self) -> datetime | None:
        """When it was dead-lettered; None if its headers do not say."""
        try:
            moment = datetime.fromisoformat(str(self.headers.get("x-dead-at")))
        except ValueError:
            return _broker_death(self.headers.get("x-death"))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def replays(self) -> int:
        """How often it was replayed."""
        return min(_non_negative_int(self.headers.get(REPLAYS)), MAX_INTEGER - 1)

    @property
    def sensor_id(self) -> str | None:
        """The sensor that its MQTT topic names, or else its body, or else its routing key."""
        exchange, key = (
            to_valid_text(self.headers.get(name) or "") for name in (ORIGINAL_EXCHANGE, ORIGINAL_ROUTING_KEY)
        )
        named = sensor_id_from_route(Route(exchange, key)) or _sensor_id(self._fields)
        if named is None and key.startswith(ROUTING_PREFIX):
            named = key.removeprefix(ROUTING_PREFIX)
        return named and normalise_sensor_id(named)

    @property
    def origin(self) -> Origin | None:
        """Sensor, run and sequence (from 1), if it names the first, and its body contains the others."""
        sensor_id, sequence = self.sensor_id, _non_negative_int(self._fields.get("sequence"))
        if sensor_id is None or not 1 <= sequence <= MAX_INTEGER:
            return None
        try:
            return Origin(sensor_id, UUID(str(self._fields.get("run_id"))), sequence)
        except ValueError:
            return None

    @property
    def import_id(self) -> UUID | None:
        """The import or workflow that published it, if its body names one."""
        try:
            return UUID(str(self._fields.get("import_id")))
        except ValueError:
            return None

    def encoded_properties(self) -> bytes:
        """Return all properties as they are on the wire, without the headers that the queue added."""
        properties = copy.copy(self.properties)
        if properties.headers is not None:
            properties.headers = self.headers
        return b"".join(properties.encode())

    @property
    def plain_properties(self) -> dict[str, Any]:
        """Its properties other than headers, by name."""
        properties = vars(self.properties)
        return {name: value for name, value in properties.items() if value is not None and name != "headers"}

    def replay_headers(self) -> dict[str, Any]:
        """Return its headers for a replay: without those of dead-lettering, and with the replay counted."""
        added = DEAD_LETTER_HEADER_PREFIXES
        kept = {name: value for name, value in self.headers.items() if not name.startswith(added)}
        return _broker_route(self.headers.get("x-death")) | kept | {REPLAYS: self.replays + 1}

    @cached_property
    def _fields(self) -> Mapping[str, Any]:
        if len(self.body) > MAX_BODY_BYTES:  # of no reading; parsed, it may not fit into memory
            return {}
        try:
            fields = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return fields if isinstance(fields, dict) else {}


def _sensor_id(fields: Mapping[str, Any]) -> str | None:
    """Read the sensor as the payload does: text without surrounding spaces, or an integer."""
    named = fields.get("sensor_id", fields.get("id"))
    if isinstance(named, bool) or not isinstance(named, str | int):
        return None
    return to_valid_text(named)


def _broker_death(deaths: Any) -> datetime | None:
    moment = _latest(deaths).get("time")
    return moment if isinstance(moment, datetime) else None


def _broker_route(deaths: Any) -> dict[str, Any]:
    """Return the original route of a message that the broker dead-lettered, as headers of this project."""
    latest = _latest(deaths)
    match latest.get("exchange"), latest.get("routing-keys"):
        case str() | bytes() as exchange, [str() | bytes() as key, *_]:
            return {ORIGINAL_EXCHANGE: exchange, ORIGINAL_ROUTING_KEY: key}
    return {}


def _latest(deaths: Any) -> dict[str, Any]:
    latest = deaths[0] if isinstance(deaths, list) and deaths else None
    return latest if isinstance(latest, dict) else {}


def _non_negative_int(value: Any) -> int:
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0

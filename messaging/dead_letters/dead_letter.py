"""A message of the dead queue: what it says of itself and of its death."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import pika

from messaging.consuming.mqtt import ORIGINAL_EXCHANGE, ORIGINAL_KEY, REPLAYS, Route, sensor_of
from messaging.topology import ROUTING_PREFIX
from readings.payload import MAX_INTEGER

ID_CHARACTERS = 12
UNKNOWN = "unknown"
DELIVERY_COUNT = "x-delivery-count"
# What a death writes into the headers: ours, and that of a broker's policy.
DEATH_PREFIXES = ("x-dead-", "x-death", "x-first-death-", "x-last-death-")


class Origin(NamedTuple):
    """Which reading of which run of which sensor a message was."""

    sensor_id: str
    run_id: UUID
    sequence: int


@dataclass(frozen=True)
class DeadLetter:
    """A message as it lies in the dead queue; `tag` is its delivery tag during a visit, 0 when not in hand.

    Anyone may have written it, so nothing in it is taken for granted.
    """

    body: bytes
    properties: pika.BasicProperties
    tag: int = 0

    @cached_property
    def headers(self) -> dict[str, Any]:
        """Its headers, without what belongs to the dead queue itself."""
        headers = self.properties.headers or {}
        return {str(name): value for name, value in headers.items() if name != DELIVERY_COUNT}

    @property
    def returns(self) -> int:
        """How often the dead queue got it back; a quorum queue counts that."""
        return _whole((self.properties.headers or {}).get(DELIVERY_COUNT))

    @cached_property
    def id(self) -> str:
        """What names it to an operator: it follows from body, message_id and death, so twins share it."""
        marks = [self.properties.message_id, *(self.headers.get(f"x-dead-{mark}") for mark in ("at", "by"))]
        digest = hashlib.sha256("\n".join(str(mark) for mark in marks).encode(errors="replace"))
        digest.update(self.body)
        return digest.hexdigest()[:ID_CHARACTERS]

    @property
    def reason(self) -> str:
        """The one word; a message that the broker itself dead-lettered has the broker's word."""
        return str(self.headers.get("x-dead-reason") or self.headers.get("x-first-death-reason") or UNKNOWN)

    @property
    def detail(self) -> str:
        """The sentence with field and value, if there is one."""
        return str(self.headers.get("x-dead-detail") or "")

    @property
    def dead_at(self) -> datetime | None:
        """When it died; None when it does not say so."""
        try:
            moment = datetime.fromisoformat(str(self.headers.get("x-dead-at")))
        except ValueError:
            return _broker_death(self.headers.get("x-death"))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    @property
    def replays(self) -> int:
        """How often it was replayed."""
        return _whole(self.headers.get(REPLAYS))

    @property
    def sensor_id(self) -> str | None:
        """The sensor that its body names, or else the routing key or MQTT topic by which it came."""
        named = _sensor_of(self._claims)
        if named is not None:
            return named
        exchange, key = (str(self.headers.get(name) or "") for name in (ORIGINAL_EXCHANGE, ORIGINAL_KEY))
        if key.startswith(ROUTING_PREFIX):
            return key.removeprefix(ROUTING_PREFIX)
        return sensor_of(Route(exchange, key))

    @property
    def origin(self) -> Origin | None:
        """Sensor, run and sequence (from 1), when its body carries all three."""
        sensor_id, sequence = _sensor_of(self._claims), _whole(self._claims.get("sequence"))
        if sensor_id is None or not 1 <= sequence <= MAX_INTEGER:
            return None
        try:
            return Origin(sensor_id, UUID(str(self._claims.get("run_id"))), sequence)
        except ValueError:
            return None

    @property
    def plain_properties(self) -> dict[str, Any]:
        """Its other properties, by name."""
        properties = vars(self.properties)
        return {name: value for name, value in properties.items() if value is not None and name != "headers"}

    def revived_headers(self) -> dict[str, Any]:
        """Its headers for another try: without this death, and with the try counted."""
        kept = {name: value for name, value in self.headers.items() if not name.startswith(DEATH_PREFIXES)}
        return _broker_route(self.headers.get("x-death")) | kept | {REPLAYS: self.replays + 1}

    @cached_property
    def _claims(self) -> Mapping[str, Any]:
        try:
            claims = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return claims if isinstance(claims, dict) else {}


def _sensor_of(claims: Mapping[str, Any]) -> str | None:
    """As the contract reads it: text without the spaces around it, or a whole number."""
    named = claims.get("sensor_id", claims.get("id"))
    if isinstance(named, bool) or not isinstance(named, str | int):
        return None
    return str(named).strip()


def _broker_death(deaths: Any) -> datetime | None:
    moment = _latest(deaths).get("time")
    return moment if isinstance(moment, datetime) else None


def _broker_route(deaths: Any) -> dict[str, Any]:
    """The way of a message that the broker itself dead-lettered, as our own dead letters tell it."""
    latest = _latest(deaths)
    match latest.get("exchange"), latest.get("routing-keys"):
        case str() as exchange, [str() as key, *_]:
            return {ORIGINAL_EXCHANGE: exchange, ORIGINAL_KEY: key}
    return {}


def _latest(deaths: Any) -> dict[str, Any]:
    latest = deaths[0] if isinstance(deaths, list) and deaths else None
    return latest if isinstance(latest, dict) else {}


def _whole(value: Any) -> int:
    return max(0, value) if isinstance(value, int) and not isinstance(value, bool) else 0

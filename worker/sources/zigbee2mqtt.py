"""Live values of Zigbee2MQTT: the states of devices over the WebSocket of its frontend."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from jobs.source import Source
from worker.sources.live_values import (
    NOT_JSON,
    LiveItem,
    mapping,
    time_of_milliseconds,
    time_of_text,
    to_live_item,
)
from worker.sources.model import Skipped
from worker.sources.websocket import JsonSocket, NotJson, open_websocket

_PATH = "/api"
_UNAUTHORIZED = 4401
_FIELD_SEPARATOR = "#"  # the name of a device, which is an MQTT topic, cannot contain it
_DEFAULT_FIELD = "temperature"
# On connecting, it sends what it has stored, without a pause. A busy network leaves no pause after it.
MAX_BURST_SECONDS = 10.0
_STORED = Skipped("stored value without a time")


class Zigbee2Mqtt:
    """Receives the messages of all devices; a sensor is `DEVICE`, or `DEVICE#FIELD` for another field.

    It sends the stored state of each device first. Unless these states contain `last_seen`, their time
    of measurement is unknown, and they are skipped; a later message without it was measured when it arrived.
    """

    def __init__(
        self, source: Source, secret: str | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._secret = secret
        self._clock = clock
        self._remotes: dict[str, dict[str, str]] = {}
        for sensor in source.sensors:
            device, _, field = sensor.remote.partition(_FIELD_SEPARATOR)
            self._remotes.setdefault(device, {})[field or _DEFAULT_FIELD] = sensor.remote

    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        """Connect, and iterate over the values.

        Raises:
            SourceUnavailable: When it does not answer.
            SourceRefused: When it refuses the token.
        """
        query = {"token": self._secret} if self._secret else None
        refusals = {_UNAUTHORIZED: "it refuses the token: use its frontend.auth_token"}
        with open_websocket(f"{self._source.address}{_PATH}", query=query, refusals=refusals) as socket:
            yield self._items(socket)

    def _items(self, socket: JsonSocket) -> Iterator[LiveItem]:
        burst = Burst(self._clock)
        while True:
            try:
                message = socket.receive_or_ping()
            except NotJson:
                yield NOT_JSON
                continue
            if message is None:
                burst.pause()
                yield None
            else:
                yield from self.items_of(mapping(message), burst)

    def items_of(self, message: Mapping[str, Any], burst: "Burst") -> Iterator[LiveItem]:
        """Yield the values of a message, or None, as it shows at least that the connection is alive."""
        topic, payload = str(message.get("topic")), mapping(message.get("payload"))
        measured_at = _time_of(payload)
        stored = burst.contains(topic)
        remotes = {
            field: remote for field, remote in self._remotes.get(topic, {}).items() if field in payload
        }
        for field, remote in remotes.items():
            if stored and "last_seen" not in payload:
                yield _STORED
            else:
                yield to_live_item(remote, measured_at, payload[field], self._source.unit)
        if not remotes:
            yield None


class Burst:
    """Recognises the stored states: all until the first pause, and each device's first message."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends_at = clock() + MAX_BURST_SECONDS
        self._seen: set[str] = set()

    def pause(self) -> None:
        """Record that nothing came for a while."""
        if self._seen:
            self._ends_at = self._clock()

    def contains(self, topic: str) -> bool:
        """Return whether a message of this topic, which comes now, is a stored state."""
        is_first = topic not in self._seen
        self._seen.add(topic)
        return is_first or self._clock() < self._ends_at


def _time_of(payload: Mapping[str, Any]) -> datetime | None:
    """Return the time of a state; without `last_seen`, that is now."""
    if "last_seen" not in payload:
        return datetime.now(UTC)
    return time_of_text(payload["last_seen"]) or time_of_milliseconds(payload["last_seen"])

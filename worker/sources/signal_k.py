"""Live values of Signal K: deltas over its WebSocket."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from jobs.source import Source
from readings.model import Unit
from worker.sources.live_values import NOT_JSON, LiveItem, mapping, time_of_text, to_live_item
from worker.sources.websocket import JsonSocket, NotJson, open_websocket

_PATH = "/signalk/v1/stream"


class SignalK:
    """Subscribes to the source's paths of the own vessel; all its temperatures are in kelvin.

    On subscribing, it sends the present values with the times at which they were measured.
    """

    def __init__(self, source: Source, secret: str | None) -> None:
        self._source = source
        self._secret = secret

    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        """Connect, subscribe, and iterate over the values.

        Raises:
            SourceUnavailable: When it does not answer.
            SourceRefused: When it refuses the token.
        """
        headers = {"Authorization": f"Bearer {self._secret}"} if self._secret else None
        paths = [{"path": sensor.remote, "policy": "instant"} for sensor in self._source.sensors]
        url = f"{self._source.address}{_PATH}"
        with open_websocket(url, query={"subscribe": "none"}, headers=headers) as socket:
            socket.send({"context": "vessels.self", "subscribe": paths})
            yield _items(socket)


def _items(socket: JsonSocket) -> Iterator[LiveItem]:
    while True:
        try:
            message = mapping(socket.receive_or_ping())
        except NotJson:
            yield NOT_JSON
            continue
        updates = message.get("updates")
        if not isinstance(updates, list):
            yield None  # the greeting, or the answer to a ping
            continue
        for update in map(mapping, updates):
            yield from items_of_update(update)


def items_of_update(update: Mapping[str, Any]) -> Iterator[LiveItem]:
    """Yield the values of an update."""
    measured_at = time_of_text(update.get("timestamp"))
    values = update.get("values")
    for value in map(mapping, values if isinstance(values, list) else ()):
        yield to_live_item(str(value.get("path")), measured_at, value.get("value"), Unit.KELVIN)

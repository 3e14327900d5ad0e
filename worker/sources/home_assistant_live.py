"""Live values of Home Assistant: changes of states over its WebSocket."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from jobs.source import Source
from worker.sources.live_values import NOT_JSON, LiveItem, mapping, time_of_text, to_live_item
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable, SourceValue
from worker.sources.values import check_unit
from worker.sources.websocket import PONG_SECONDS, JsonSocket, NotJson, open_websocket

_PATH = "/api/websocket"
_REMOVED = Skipped("removed")


class HomeAssistantLive:
    """Subscribes to the states of the source's entities.

    Home Assistant sends changes only, not the present states: what came before is in its history.
    """

    def __init__(self, source: Source, secret: str | None) -> None:
        self._source = source
        self._secret = secret

    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        """Log in, subscribe, and iterate over the values.

        Raises:
            SourceUnavailable: When it does not answer as expected.
            SourceRefused: When it refuses the token.
        """
        with open_websocket(f"{self._source.address}{_PATH}") as socket:
            session = _Session(socket)
            session.log_in(self._secret or "")
            session.subscribe([sensor.remote for sensor in self._source.sensors])
            yield self._items(session)

    def _items(self, session: "_Session") -> Iterator[LiveItem]:
        while True:
            try:
                message = session.receive()
            except NotJson:
                yield NOT_JSON
                continue
            if message.get("type") == "event":
                yield self.item_of(mapping(message.get("event")))
            else:
                yield None  # the answer to a ping

    def item_of(self, event: Mapping[str, Any]) -> LiveItem:
        """Return the value of an event, or why it has none.

        Raises:
            SourceRefused: When it is in another unit than the source.
        """
        state = mapping(mapping(event.get("variables")).get("trigger")).get("to_state")
        if not isinstance(state, dict):
            return _REMOVED
        entity, unit = str(state.get("entity_id")), self._source.unit
        item = to_live_item(entity, time_of_text(state.get("last_changed")), state.get("state"), unit)
        if isinstance(item, SourceValue):
            named = mapping(state.get("attributes")).get("unit_of_measurement")
            check_unit(None if named is None else str(named), unit, entity)
        return item


class _Session:
    """The messages of one connection; each command has a greater id than the one before."""

    def __init__(self, socket: JsonSocket) -> None:
        self._socket = socket
        self._ids = count(1)

    def log_in(self, token: str) -> None:
        if self._answer().get("type") != "auth_required":
            raise SourceUnavailable("it does not ask for a token as Home Assistant does")
        self._socket.send({"type": "auth", "access_token": token})
        answer = self._answer()
        if answer.get("type") == "auth_invalid":
            raise SourceRefused("it refuses the token: create a long-lived access token in its user profile")
        if answer.get("type") != "auth_ok":
            raise SourceUnavailable("it does not answer a token as Home Assistant does")

    def subscribe(self, entities: list[str]) -> None:
        self._command("subscribe_trigger", trigger={"platform": "state", "entity_id": entities})
        answer = self._answer()
        if answer.get("success") is not True:
            raise SourceRefused(
                f"it refuses the subscription ({mapping(answer.get('error')).get('code')}): "
                "the token must be that of an administrator"
            )

    def receive(self) -> Mapping[str, Any]:
        """Return the next message; after a silence it is the answer to a ping."""
        return mapping(self._socket.receive_or_ping(lambda: self._command("ping")))

    def _command(self, name: str, **fields: Any) -> None:
        self._socket.send({"id": next(self._ids), "type": name, **fields})

    def _answer(self) -> Mapping[str, Any]:
        try:
            return mapping(self._socket.receive(PONG_SECONDS))
        except NotJson as error:
            raise SourceUnavailable("it does not answer as Home Assistant does") from error

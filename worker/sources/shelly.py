"""Live values of Shelly devices of the second generation and later: their RPC over a WebSocket."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from jobs.source import Source
from readings.model import Unit
from worker.sources.live_values import NOT_JSON, LiveItem, mapping, time_of_epoch, to_live_item
from worker.sources.model import SourceRefused, SourceUnavailable
from worker.sources.websocket import PONG_SECONDS, JsonSocket, NotJson, open_websocket

CLIENT_NAME = "sensors"
_PATH = "/rpc"
_TEMPERATURE = "temperature:"
_UNAUTHORIZED = 401
MAX_MESSAGES_BEFORE_ANSWER = 100
_REQUEST_IDS = count(1)
_USER = "admin"  # the only one that devices have


class Shelly:
    """Connects to a device; a sensor is one of its components, such as `temperature:0`."""

    def __init__(self, source: Source, secret: str | None) -> None:
        self._source = source
        self._secret = secret

    @contextmanager
    def values(self) -> Iterator[Iterator[LiveItem]]:
        """Connect, request the status, after which the device sends changes, and iterate over the values.

        Raises:
            SourceUnavailable: When the device does not answer.
            SourceRefused: When it refuses the password.
        """
        with open_websocket(f"{self._source.address}{_PATH}") as socket:
            status = _request_status(socket, self._secret)
            yield _items(socket, status)


def _items(socket: JsonSocket, status: Mapping[str, Any]) -> Iterator[LiveItem]:
    yield from status_items(status, time=mapping(status.get("sys")).get("unixtime"))
    while True:
        try:
            yield from notification_items(mapping(socket.receive_or_ping()))
        except NotJson:
            yield NOT_JSON


def notification_items(message: Mapping[str, Any], prefix: str = "") -> Iterator[LiveItem]:
    """Yield the temperatures of a notification, or None; `prefix` precedes the names of the components."""
    status = mapping(message.get("params"))
    items = list(status_items(status, time=status.get("ts"), prefix=prefix))
    is_status = message.get("method") in ("NotifyStatus", "NotifyFullStatus")
    yield from items if is_status and items else (None,)


def status_items(status: Mapping[str, Any], *, time: Any, prefix: str = "") -> Iterator[LiveItem]:
    """Yield the temperatures of a device's status at a time in seconds since 1970."""
    for component, state in status.items():
        if component.startswith(_TEMPERATURE):
            temperature = mapping(state).get("tC")
            yield to_live_item(prefix + component, time_of_epoch(time), temperature, Unit.CELSIUS)


def _request_status(socket: JsonSocket, password: str | None) -> Mapping[str, Any]:
    """Return the device's status; a device with a password asks for it with error 401.

    Raises:
        SourceUnavailable: When it does not answer as a device does.
        SourceRefused: When it refuses the password.
    """
    answer = _call(socket)
    challenge = _challenge_of(answer)
    if challenge is not None:
        if password is None:
            raise SourceRefused("it requires a password: set a variable to it, and name that in secret_name")
        answer = _call(socket, auth=_digest(challenge, password))
    if _challenge_of(answer) is not None:
        raise SourceRefused("it refuses the password")
    result = answer.get("result")
    if not isinstance(result, dict):
        raise SourceUnavailable(
            f"it answers Shelly.GetStatus with error {mapping(answer.get('error')).get('code')}"
        )
    return result


def _call(socket: JsonSocket, **fields: Any) -> Mapping[str, Any]:
    """Return the answer to Shelly.GetStatus; what the device sends before it is contained in it.

    Raises:
        SourceUnavailable: When there is no answer.
    """
    request = {"id": next(_REQUEST_IDS), "src": CLIENT_NAME, "method": "Shelly.GetStatus", **fields}
    socket.send(request)
    for _ in range(MAX_MESSAGES_BEFORE_ANSWER):
        try:
            answer = mapping(socket.receive(PONG_SECONDS))
        except NotJson:
            break
        if answer.get("id") == request["id"]:
            return answer
    raise SourceUnavailable("it does not answer Shelly.GetStatus")


def _challenge_of(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what the answer of the password is computed from; None if no password is requested."""
    error = mapping(answer.get("error"))
    if error.get("code") != _UNAUTHORIZED:
        return None
    try:
        return mapping(json.loads(error.get("message", "")))
    except (TypeError, ValueError):
        return {}


def _digest(challenge: Mapping[str, Any], password: str) -> Mapping[str, Any]:
    """Return the field `auth` of a request: RFC 7616 with SHA-256, as the devices document it."""
    realm, nonce = str(challenge.get("realm")), challenge.get("nonce")
    count, client_nonce = challenge.get("nc", 1), secrets.randbelow(2**31)
    user = _sha256(f"{_USER}:{realm}:{password}")
    request = _sha256("dummy_method:dummy_uri")
    return {
        "realm": realm,
        "username": _USER,
        "nonce": nonce,
        "cnonce": client_nonce,
        "response": _sha256(f"{user}:{nonce}:{count}:{client_nonce}:auth:{request}"),
        "algorithm": "SHA-256",
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

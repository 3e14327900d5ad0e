"""Against a double written from Signal K's documentation of its streaming API."""

import http
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection

from jobs.source import Source
from readings.model import Unit
from tests.unit.websocket_double import Peer, websocket_double
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable, SourceValue
from worker.sources.signal_k import SignalK

PATH = "environment.outside.temperature"
AT = datetime(2026, 11, 26, 14, 27, 11, 500_000, UTC)
HELLO = {"name": "signalk-server", "version": "2.0.0", "self": "vessels.urn:mrn:signalk:uuid:1", "roles": []}


def live(address: str, secret: str | None = None) -> SignalK:
    sensors = [{"remote": PATH, "sensor_id": "outside"}]
    fields = {"name": "boat", "kind": "signal-k", "address": address, "sensors": sensors}
    return SignalK(Source.model_validate(fields), secret)


def delta(value: Any, time: str | None = "2026-11-26T14:27:11.500Z") -> dict[str, Any]:
    update = {"$source": "sensors.1", "timestamp": time, "values": [{"path": PATH, "value": value}]}
    return {"context": "vessels.self", "updates": [update]}


def test_the_paths_are_subscribed_to_and_values_are_in_kelvin() -> None:
    received = []

    def script(peer: Peer) -> None:
        peer.send(HELLO)
        received.extend([peer.path, peer.receive()])
        peer.send(delta(293.15))
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert list(islice(values, 2)) == [None, SourceValue(PATH, AT, 293.15, Unit.KELVIN)]
    assert received == [
        "/signalk/v1/stream?subscribe=none",
        {"context": "vessels.self", "subscribe": [{"path": PATH, "policy": "instant"}]},
    ]


@pytest.mark.parametrize(
    ("message", "item"),
    [
        (delta(None), Skipped("no value")),
        (delta("warm"), Skipped("not a number")),
        (delta(293.15, time=None), Skipped("no time")),
        (delta(293.15, time="2026-11-26T14:27:11"), Skipped("no time")),
        ({"updates": [{"meta": []}]}, None),
        ({"updates": {}}, None),
    ],
)
def test_what_is_no_measurement_is_counted(message: dict[str, Any], item: Skipped | None) -> None:
    def script(peer: Peer) -> None:
        peer.send(message, HELLO)
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert next(values) == item


@pytest.mark.parametrize(
    ("status", "error"), [(401, SourceRefused), (403, SourceRefused), (502, SourceUnavailable)]
)
def test_a_status_says_whether_to_try_again(status: int, error: type[Exception]) -> None:
    def check(connection: ServerConnection, request: Request) -> Response | None:
        right = request.headers.get("Authorization") == "Bearer right"
        return None if right else connection.respond(http.HTTPStatus(status), "")

    def script(peer: Peer) -> None:
        peer.receive()
        peer.send(delta(280.0))
        peer.stay()

    with websocket_double(script, check) as address:
        with pytest.raises(error, match=f"status {status}") as raised, live(address, "hush-hush").values():
            pass
        with live(address, "right").values() as values:
            assert next(values) == SourceValue(PATH, AT, 280.0, Unit.KELVIN)
    assert "hush-hush" not in str(raised.value)

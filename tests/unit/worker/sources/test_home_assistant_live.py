"""Against a double written from Home Assistant's documentation of its WebSocket API."""

from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from jobs.source import Source
from readings.model import Unit
from tests.unit.websocket_double import Peer, websocket_double
from worker.sources import websocket
from worker.sources.home_assistant_live import HomeAssistantLive
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable, SourceValue

ENTITY = "sensor.attic"
TIME = "2026-11-26T14:27:11.562908+00:00"


def live(address: str, secret: str = "right") -> HomeAssistantLive:
    source = Source.model_validate(
        {
            "name": "home",
            "kind": "home-assistant",
            "address": address,
            "secret_name": "SOURCE_HOME_TOKEN",
            "unit": "celsius",
            "sensors": [
                {"remote": ENTITY, "sensor_id": "attic"},
                {"remote": "sensor.cellar", "sensor_id": "cellar"},
            ],
        }
    )
    return HomeAssistantLive(source, secret)


def log_in(peer: Peer) -> None:
    peer.send({"type": "auth_required", "ha_version": "2024.3.3"})
    auth = peer.receive()
    if auth != {"type": "auth", "access_token": "right"}:
        peer.send({"type": "auth_invalid", "message": "Invalid access token or password"})
        return
    peer.send({"type": "auth_ok", "ha_version": "2024.3.3"})


def subscribe(peer: Peer) -> dict[str, Any]:
    log_in(peer)
    command: dict[str, Any] = peer.receive()
    peer.send({"id": command["id"], "type": "result", "success": True, "result": None})
    return command


def event(state: str, *, time: str = TIME, entity: str = ENTITY, unit: str | None = "°C") -> dict[str, Any]:
    attributes = {"unit_of_measurement": unit} if unit else {}
    to_state = {
        "entity_id": entity,
        "state": state,
        "attributes": attributes,
        "last_changed": time,
        "last_updated": time,
    }
    return {
        "id": 1,
        "type": "event",
        "event": {"variables": {"trigger": {"platform": "state", "to_state": to_state}}},
    }


def test_values_follow_a_subscription_to_all_entities() -> None:
    commands = []

    def script(peer: Peer) -> None:
        commands.append(subscribe(peer))
        peer.send(event("19.5"), event("17.25", entity="sensor.cellar"), event("7", unit=None))
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        received = list(islice(values, 3))

    at = datetime(2026, 11, 26, 14, 27, 11, 562908, UTC)
    assert received == [
        SourceValue(ENTITY, at, 19.5, Unit.CELSIUS),
        SourceValue("sensor.cellar", at, 17.25, Unit.CELSIUS),
        SourceValue(ENTITY, at, 7.0, Unit.CELSIUS),
    ]
    assert commands[0]["type"] == "subscribe_trigger"
    assert commands[0]["trigger"] == {"platform": "state", "entity_id": [ENTITY, "sensor.cellar"]}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (event("unavailable"), "unavailable"),
        (event("unknown"), "unknown"),
        (event("nan"), "nan"),
        (event("on"), "not a number"),
        (event("19.5", time="soon"), "no time"),
        ({"id": 1, "type": "event", "event": {"variables": {"trigger": {"to_state": None}}}}, "removed"),
    ],
)
def test_what_is_no_measurement_is_counted(message: dict[str, Any], reason: str) -> None:
    def script(peer: Peer) -> None:
        subscribe(peer)
        peer.send(message)
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert next(values) == Skipped(reason)


@pytest.mark.parametrize("unit", ["°F", "%"])
def test_an_entity_with_another_unit_is_refused(unit: str) -> None:
    def script(peer: Peer) -> None:
        subscribe(peer)
        peer.send(event("45", unit=unit))
        peer.stay()

    with (
        websocket_double(script) as address,
        live(address).values() as values,
        pytest.raises(SourceRefused, match=r"sensor\.attic is in"),
    ):
        next(values)


def test_silence_is_ended_by_a_ping_with_a_greater_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "SILENCE_SECONDS", 0.01)
    ids = []

    def script(peer: Peer) -> None:
        ids.append(subscribe(peer)["id"])
        for _ in range(2):
            ping = peer.receive()
            assert ping["type"] == "ping"
            ids.append(ping["id"])
            peer.send({"id": ping["id"], "type": "pong"})
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert list(islice(values, 2)) == [None, None]
    assert ids == [1, 2, 3]


def test_a_ping_without_an_answer_is_a_lost_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "SILENCE_SECONDS", 0.01)
    monkeypatch.setattr(websocket, "PONG_SECONDS", 0.01)

    def script(peer: Peer) -> None:
        subscribe(peer)
        peer.stay()

    with (
        websocket_double(script) as address,
        live(address).values() as values,
        pytest.raises(SourceUnavailable, match="does not answer in time"),
    ):
        next(values)


def test_a_wrong_token_is_refused_with_what_to_do() -> None:
    with (
        websocket_double(log_in) as address,
        pytest.raises(SourceRefused, match="create a long-lived access token"),
        live(address, "wrong").values(),
    ):
        pass


def test_a_refused_subscription_is_no_lost_connection() -> None:
    def script(peer: Peer) -> None:
        log_in(peer)
        command = peer.receive()
        error = {"code": "unauthorized", "message": "Unauthorized"}
        peer.send({"id": command["id"], "type": "result", "success": False, "error": error})

    with (
        websocket_double(script) as address,
        pytest.raises(SourceRefused, match=r"\(unauthorized\).*administrator"),
        live(address).values(),
    ):
        pass


def test_a_cut_connection_is_unavailable() -> None:
    def script(peer: Peer) -> None:
        subscribe(peer)
        peer.send(event("19.5"))
        peer.cut()

    with websocket_double(script) as address, live(address).values() as values:
        assert isinstance(next(values), SourceValue)
        with pytest.raises(SourceUnavailable, match="the connection broke"):
            next(values)


def test_no_server_is_unavailable() -> None:
    with websocket_double(lambda peer: peer.stay()) as address:
        pass
    with pytest.raises(SourceUnavailable, match="no connection"), live(address).values():
        pass


def test_text_that_is_not_json_is_counted() -> None:
    def script(peer: Peer) -> None:
        subscribe(peer)
        peer.send_text("{")
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert next(values) == Skipped("a message that is not JSON")

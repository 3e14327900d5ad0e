"""Against a double written from Zigbee2MQTT's documentation and the source of its frontend."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from jobs.source import Source
from readings.model import Unit
from tests.unit.websocket_double import Peer, websocket_double
from worker.sources import websocket
from worker.sources.live_values import LiveItem
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable, SourceValue
from worker.sources.zigbee2mqtt import Zigbee2Mqtt

STORED = Skipped("stored value without a time")
SEEN_AT = datetime(2026, 11, 26, 14, 27, 11, tzinfo=UTC)


@pytest.fixture
def short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pause come soon, but not between two messages that are sent at once on a busy machine."""
    monkeypatch.setattr(websocket, "SILENCE_SECONDS", 0.5)


def live(address: str, secret: str | None = None, **options: Any) -> Zigbee2Mqtt:
    sensors = [
        {"remote": "fridge", "sensor_id": "fridge"},
        {"remote": "kitchen/valve#local_temperature", "sensor_id": "valve"},
    ]
    fields = {
        "name": "home",
        "kind": "zigbee2mqtt",
        "address": address,
        "unit": "celsius",
        "sensors": sensors,
    }
    return Zigbee2Mqtt(Source.model_validate(fields), secret, **options)


def state(topic: str, **payload: Any) -> dict[str, Any]:
    return {"topic": topic, "payload": payload}


def up_to_pause(values: Iterator[LiveItem]) -> list[LiveItem]:
    """Return the values up to the first pause of the burst, without other messages."""
    found: list[LiveItem] = []
    for item in values:
        if item is None and found:
            return found
        if item is not None:
            found.append(item)
    return found


@pytest.mark.usefixtures("short_silence")
def test_states_stored_without_a_time_are_counted_and_later_ones_are_measured_now() -> None:
    def script(peer: Peer) -> None:
        peer.send({"topic": "bridge/info", "payload": {"version": "2"}})
        peer.send(state("fridge", temperature=4.0), state("fridge", temperature=4.1))  # retained, then cached
        peer.send(state("kitchen/valve", local_temperature=21, battery=97))
        peer.stay_until_pinged()
        peer.send(state("fridge", temperature=4.2))
        peer.stay()

    before = datetime.now(UTC)
    with websocket_double(script) as address, live(address).values() as values:
        assert up_to_pause(values) == [STORED, STORED, STORED]
        item = next(value for value in values if value is not None)
    assert isinstance(item, SourceValue)
    assert (item.remote, item.temperature, item.unit) == ("fridge", 4.2, Unit.CELSIUS)
    assert before <= item.measured_at <= datetime.now(UTC)


@pytest.mark.usefixtures("short_silence")
def test_a_device_that_is_stored_after_a_pause_is_stored_all_the_same() -> None:
    def script(peer: Peer) -> None:
        peer.send(state("fridge", temperature=4.0))
        peer.stay_until_pinged()
        peer.send(state("kitchen/valve", local_temperature=21))
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert list(islice((item for item in values if item), 2)) == [STORED, STORED]


def test_a_busy_network_ends_the_burst_after_some_seconds() -> None:
    times = iter([0.0, 11.0])

    def script(peer: Peer) -> None:
        peer.send(state("fridge", temperature=4.0), state("fridge", temperature=4.1))
        peer.stay()

    with websocket_double(script) as address, live(address, clock=lambda: next(times)).values() as values:
        stored, measured = islice(values, 2)
    assert stored == STORED
    assert isinstance(measured, SourceValue)


@pytest.mark.parametrize(
    "last_seen",
    ["2026-11-26T14:27:11.000Z", "2026-11-26T15:27:11+01:00", 1_795_703_231_000],
)
def test_a_stored_state_with_its_time_is_a_measurement(last_seen: object) -> None:
    def script(peer: Peer) -> None:
        peer.send(state("fridge", temperature=4.0, last_seen=last_seen))
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert next(values) == SourceValue("fridge", SEEN_AT, 4.0, Unit.CELSIUS)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"temperature": 4.0, "last_seen": 0}, "no time"),
        ({"temperature": 4.0, "last_seen": None}, "no time"),
        ({"temperature": None, "last_seen": 1_795_703_231_000}, "no value"),
        ({"temperature": "cold", "last_seen": 1_795_703_231_000}, "not a number"),
    ],
)
def test_what_is_no_measurement_is_counted(payload: dict[str, Any], reason: str) -> None:
    def script(peer: Peer) -> None:
        peer.send(state("fridge", **payload))
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert next(values) == Skipped(reason)


def test_other_fields_and_devices_show_only_that_the_connection_is_alive() -> None:
    def script(peer: Peer) -> None:
        peer.send(state("fridge", battery=97), state("lamp", temperature=40), "text", [])
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert list(islice(values, 4)) == [None] * 4


def test_close_code_4401_is_a_refusal_and_others_are_not() -> None:
    def script(peer: Peer) -> None:
        peer.close(1012 if peer.path == "/api?token=a%26b" else 4401)

    with websocket_double(script) as address:
        with live(address, "wrong").values() as values, pytest.raises(SourceRefused, match="auth_token"):
            next(values)
        with live(address, "a&b").values() as values, pytest.raises(SourceUnavailable, match="code 1012"):
            next(values)

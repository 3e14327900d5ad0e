"""Against a double written from the documentation of Shelly's devices of the second generation."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from jobs.source import Source
from readings.model import Unit
from tests.unit.websocket_double import Peer, websocket_double
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable, SourceValue
from worker.sources.shelly import MAX_MESSAGES_BEFORE_ANSWER, Shelly

DEVICE = "shellyplusht-08b61fcb7f3c"
STATUS: Mapping[str, Any] = {
    "sys": {"unixtime": 1_680_962_800},
    "temperature:0": {"id": 0, "tC": 19.5, "tF": 67.1},
}
CHALLENGE = {"auth_type": "digest", "nonce": 1_625_038_762, "nc": 1, "realm": DEVICE, "algorithm": "SHA-256"}


def live(address: str, secret: str | None = None) -> Shelly:
    sensors = [{"remote": "temperature:0", "sensor_id": "attic"}]
    fields = {"name": "attic", "kind": "shelly", "address": address, "sensors": sensors}
    return Shelly(Source.model_validate(fields), secret)


def notification(**params: Any) -> dict[str, Any]:
    return {"src": DEVICE, "dst": "sensors", "method": "NotifyStatus", "params": params}


def answer_status(peer: Peer) -> Mapping[str, Any]:
    request: dict[str, Any] = peer.receive()
    assert request["method"] == "Shelly.GetStatus"
    assert request["src"] == "sensors"
    peer.send(notification(ts=1_680_962_799.0, wifi={"rssi": -60}))
    peer.send({"id": request["id"], "src": DEVICE, "dst": "sensors", "result": STATUS})
    return request


def test_the_status_is_requested_first_and_changes_follow() -> None:
    def script(peer: Peer) -> None:
        answer_status(peer)
        peer.send(
            notification(**{"ts": 1_680_962_879.62, "temperature:0": {"id": 0, "tC": 19.8, "tF": 67.6}})
        )
        peer.send(notification(ts=1_680_962_880.0, **{"switch:0": {"id": 0, "output": True}}))
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert list(islice(values, 3)) == [
            SourceValue("temperature:0", datetime(2023, 4, 8, 14, 6, 40, tzinfo=UTC), 19.5, Unit.CELSIUS),
            SourceValue("temperature:0", datetime.fromtimestamp(1_680_962_879.62, UTC), 19.8, Unit.CELSIUS),
            None,
        ]


@pytest.mark.parametrize(
    ("params", "item"),
    [
        ({"ts": 1_680_962_879.62, "temperature:0": {"id": 0, "tC": None}}, Skipped("no value")),
        ({"ts": 1_680_962_879.62, "temperature:0": {"id": 0, "errors": ["read"]}}, Skipped("no value")),
        ({"ts": None, "temperature:0": {"id": 0, "tC": 19.8}}, Skipped("no time")),
        ({"ts": 12.5, "temperature:0": {"id": 0, "tC": 19.8}}, Skipped("no time")),
        ({"ts": 1e300, "temperature:0": {"id": 0, "tC": 19.8}}, Skipped("no time")),
    ],
)
def test_what_is_no_measurement_is_counted(params: dict[str, Any], item: Skipped) -> None:
    def script(peer: Peer) -> None:
        answer_status(peer)
        peer.send(notification(**params))
        peer.stay()

    with websocket_double(script) as address, live(address).values() as values:
        assert list(islice(values, 2))[1] == item


def protected(peer: Peer) -> None:
    """Require the password `right`, as a device with authentication does."""
    while "auth" not in (request := peer.receive()):
        peer.send({"id": request["id"], "error": {"code": 401, "message": json.dumps(CHALLENGE)}})
    auth = request["auth"]
    user = hashlib.sha256(f"admin:{DEVICE}:right".encode()).hexdigest()
    method = hashlib.sha256(b"dummy_method:dummy_uri").hexdigest()
    text = f"{user}:{CHALLENGE['nonce']}:1:{auth['cnonce']}:auth:{method}"
    if auth["response"] == hashlib.sha256(text.encode()).hexdigest():
        peer.send({"id": request["id"], "result": STATUS})
    else:
        peer.send({"id": request["id"], "error": {"code": 401, "message": json.dumps(CHALLENGE)}})
    peer.stay()


def test_a_password_is_proved_and_not_sent() -> None:
    with websocket_double(protected) as address, live(address, "right").values() as values:
        assert isinstance(next(values), SourceValue)


@pytest.mark.parametrize(("secret", "message"), [("wrong", "refuses the password"), (None, "requires a")])
def test_a_wrong_password_is_refused(secret: str | None, message: str) -> None:
    with (
        websocket_double(protected) as address,
        pytest.raises(SourceRefused, match=message),
        live(address, secret).values(),
    ):
        pass


def test_a_device_that_never_answers_is_unavailable() -> None:
    def talk(peer: Peer) -> None:
        peer.send(*[notification(ts=1.0)] * MAX_MESSAGES_BEFORE_ANSWER)
        peer.stay()

    def fail(peer: Peer) -> None:
        peer.send({"id": peer.receive()["id"], "error": {"code": -114, "message": "busy"}})
        peer.stay()

    def stammer(peer: Peer) -> None:
        peer.send_text("{")
        peer.stay()

    for script, message in ((talk, "does not answer"), (fail, "error -114"), (stammer, "does not answer")):
        with (
            websocket_double(script) as address,
            pytest.raises(SourceUnavailable, match=message),
            live(address).values(),
        ):
            pass

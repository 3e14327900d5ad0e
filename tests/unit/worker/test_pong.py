"""A worker answers a ping with its name and version."""

import json

import pytest

from runtime.version import VERSION
from worker.pong import answer_ping


def test_the_answer_repeats_the_fields_of_the_ping() -> None:
    ping = {"command": "ping", "queue_id": "q", "target": "all", "telemetry_id": "t-1", "timestamp": "now"}
    pong = answer_ping(json.dumps(ping).encode(), "worker-1")
    fields = json.loads(pong.body)
    assert fields.pop("timestamp").endswith("Z")
    assert fields == {
        "command": "pong",
        "queue_id": "q",
        "target": "worker-1",
        "telemetry_id": "t-1",
        "worker": "worker-1",
        "version": VERSION,
    }
    assert pong.routing_key == "pong.t-1"


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"{}", "telemetry_id: "), (b'{"telemetry_id": ""}', "telemetry_id: "), (b"nonsense", "JSON")],
)
def test_a_ping_that_cannot_be_answered_is_refused_with_a_reason(body: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        answer_ping(body, "worker-1")

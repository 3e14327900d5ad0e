"""Devices that sleep are played here, from the documentation of Shelly's outbound WebSocket."""

import json
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from jobs.source import Source
from readings.model import Unit
from tests.ports import reserve_port
from worker.sources.model import Skipped, SourceRefused, SourceUnavailable, SourceValue
from worker.sources.shelly_server import MAX_CONNECTIONS, ShellyServer

DEVICE = "shellyplusht-08b61fcb7f3c"
FULL_STATUS = {
    "src": DEVICE,
    "dst": "ws",
    "method": "NotifyFullStatus",
    "params": {"ts": 1_680_962_879.62, "temperature:0": {"id": 0, "tC": 19.8, "tF": 67.6}},
}
VALUE = SourceValue(
    f"{DEVICE}/temperature:0", datetime.fromtimestamp(1_680_962_879.62, UTC), 19.8, Unit.CELSIUS
)


def server(address: str, secret: str | None = None) -> ShellyServer:
    fields = {
        "name": "attic",
        "kind": "shelly",
        "address": address,
        "sensors": [{"remote": f"{DEVICE}/temperature:0", "sensor_id": "attic"}],
        "options": {"listen": True},
    }
    return ShellyServer(Source.model_validate(fields), secret)


@pytest.fixture
def address() -> str:
    return f"127.0.0.1:{reserve_port()}/shelly"


def wake(address: str, *messages: Any, path: str = "") -> None:
    """Connect as a device that wakes, send the messages, and leave."""
    with connect(f"ws://{address}{path}", proxy=None) as device:
        for message in messages:
            device.send(message if isinstance(message, str) else json.dumps(message))


def test_each_device_that_wakes_is_heard(address: str) -> None:
    with server(f"http://{address}").values() as values:
        assert next(values) is None
        wake(address, FULL_STATUS)
        assert next(item for item in values if item) == VALUE
        wake(address, "{", {"src": DEVICE, "method": "NotifyEvent", "params": {}}, FULL_STATUS)
        assert list(islice((item for item in values if item), 2)) == [
            Skipped("a message that is not JSON"),
            VALUE,
        ]


def test_only_the_path_and_the_token_of_the_source_are_accepted(address: str) -> None:
    with server(f"http://{address}", "right").values() as values:
        for path, status in (("/other?token=right", 404), ("?token=wrong", 401), ("", 401)):
            with pytest.raises(InvalidStatus) as raised:
                wake(address, path=path)
            assert raised.value.response.status_code == status
        wake(address, FULL_STATUS, path="?token=right")
        assert next(item for item in values if item) == VALUE


def test_more_connections_than_a_house_has_devices_are_refused(address: str) -> None:
    listening = server(f"http://{address}")
    for _ in range(MAX_CONNECTIONS):
        listening._places.acquire()
    with listening.values() as values:
        with connect(f"ws://{address}", proxy=None) as device, pytest.raises(ConnectionClosed):
            device.recv()
        listening._places.release()
        wake(address, FULL_STATUS)
        assert next(item for item in values if item) == VALUE


def test_a_port_in_use_may_become_free(address: str) -> None:
    with (
        server(f"http://{address}").values(),
        pytest.raises(SourceUnavailable, match="cannot listen at"),
        server(f"http://{address}").values(),
    ):
        pass


@pytest.mark.parametrize(
    ("url", "message"),
    [("http://192.0.2.1:8090", "use an address of the worker's machine"), ("https://127.0.0.1", "a proxy")],
)
def test_an_address_at_which_it_cannot_listen_is_refused(url: str, message: str) -> None:
    with pytest.raises(SourceRefused, match=message), server(url).values():
        pass

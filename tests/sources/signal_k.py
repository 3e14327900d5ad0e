"""A real Signal K server, to which any client may send values: its security is not set up."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.ports import reserve_port
from tests.services import ROOT
from tests.sources.servers import require, running
from tests.unit.http_client import send

PROGRAM = ROOT / ".sources" / "signal-k" / "node_modules" / "signalk-server" / "bin" / "signalk-server"
# The server listens for nothing else, and is not announced in the network.
UNUSED = ("admin-ui", "appstore", "applicationData", "logfiles", "mfd_webapp", "nmea-tcp", "tcp", "webapps")
SETTINGS: dict[str, Any] = {
    "interfaces": dict.fromkeys(UNUSED, False),
    "mdns": False,
    "ssl": False,
    "pipedProviders": [],
}
VESSEL = {"uuid": "urn:mrn:signalk:uuid:c0d79334-4e25-4245-8892-54e8ccc8021d", "name": "test"}


class SignalKServer:
    """A running server, with a connection over which values are sent to it."""

    def __init__(self, url: str, sender: ClientConnection) -> None:
        self.url = url
        self._sender = sender

    def send(self, path: str, at: datetime, value: float | None) -> None:
        update = {
            "source": {"label": "test"},
            "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "values": [{"path": path, "value": value}],
        }
        self._sender.send(json.dumps({"context": "vessels.self", "updates": [update]}))


@contextmanager
def signal_k(directory: Path) -> Iterator[SignalKServer]:
    """Run a server while the block runs."""
    if not PROGRAM.exists():
        pytest.fail(f"{PROGRAM} is not installed: run make test-sources, which does")
    port = reserve_port()
    (directory / "settings.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    (directory / "defaults.json").write_text(json.dumps({"vessels": {"self": VESSEL}}), encoding="utf-8")
    address = f"127.0.0.1:{port}"

    def is_ready() -> bool:
        try:
            return send(f"http://{address}/signalk").status == 200
        except OSError:
            return False

    command = [require("node", "nodejs"), str(PROGRAM), "-c", str(directory)]
    with running(command, directory, is_ready, {"PORT": str(port), "HOME": str(directory)}):
        stream = f"ws://{address}/signalk/v1/stream?subscribe=none"
        with connect(stream, proxy=None) as sender:
            yield SignalKServer(f"http://{address}", sender)

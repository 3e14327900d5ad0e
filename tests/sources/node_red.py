"""A real Node-RED, which publishes readings by its own MQTT node."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.ports import reserve_port
from tests.services import ROOT
from tests.sources.servers import require, running
from tests.unit.http_client import send

PROGRAM = ROOT / ".sources" / "node-red" / "node_modules" / "node-red" / "red.js"
# Without an editor, without encryption of its credentials, and without questions about telemetry.
SETTINGS = """
module.exports = {
    flowFile: "flows.json", credentialSecret: false, uiHost: "127.0.0.1", uiPort: %d,
    disableEditor: true, telemetry: { enabled: false, updateNotification: false },
    logging: { console: { level: "info" } },
};
"""


def publishing_flow(topic: str, mqtt_url: str, script: str) -> list[dict[str, Any]]:
    """Return a flow that executes a script once, and publishes what it sends at QoS 1."""
    server = urlsplit(mqtt_url)
    broker: dict[str, Any] = {
        "id": "broker", "type": "mqtt-broker", "broker": server.hostname, "port": str(server.port),
        "clientid": "node-red", "autoConnect": True, "usetls": False, "protocolVersion": "4",
        "keepalive": "60", "cleansession": True,
    }  # fmt: skip
    inject = {
        "id": "start", "type": "inject", "z": "flow", "once": True, "onceDelay": 0.1, "repeat": "",
        "props": [{"p": "payload"}], "payload": "", "payloadType": "date", "wires": [["values"]],
    }  # fmt: skip
    function = {"id": "values", "type": "function", "z": "flow", "func": script, "wires": [["out"]]}
    out = {
        "id": "out", "type": "mqtt out", "z": "flow", "topic": topic, "qos": "1", "retain": "false",
        "broker": "broker", "wires": [],
    }  # fmt: skip
    return [{"id": "flow", "type": "tab", "label": "readings"}, broker, inject, function, out]


@contextmanager
def node_red(directory: Path, flow: list[dict[str, Any]], user: str, password: str) -> Iterator[None]:
    """Run Node-RED with a flow while the block runs."""
    if not PROGRAM.exists():
        pytest.fail(f"{PROGRAM} is not installed: run make test-sources, which does")
    port = reserve_port()
    (directory / "settings.js").write_text(SETTINGS % port, encoding="utf-8")
    (directory / "flows.json").write_text(json.dumps(flow), encoding="utf-8")
    credentials = {"broker": {"user": user, "password": password}}
    (directory / "flows_cred.json").write_text(json.dumps(credentials), encoding="utf-8")

    def is_ready() -> bool:
        try:
            return send(f"http://127.0.0.1:{port}/flows").status == 200
        except OSError:
            return False

    command = [require("node", "nodejs"), str(PROGRAM), "--userDir", str(directory)]
    with running(command, directory, is_ready, {"HOME": str(directory), "PATH": "/usr/bin:/bin"}):
        yield

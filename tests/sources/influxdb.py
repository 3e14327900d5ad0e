"""A real InfluxDB 1.x with a user, by https://docs.influxdata.com/influxdb/v1/administration/config/."""

import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import reserve_port
from tests.sources.servers import require, running
from tests.unit.http_client import Response, send

USER, PASSWORD = "admin", "influx-s3cret"
CONFIGURATION = """
reporting-disabled = true
bind-address = "127.0.0.1:{rpc_port}"
[meta]
dir = "{directory}/meta"
[data]
dir = "{directory}/data"
wal-dir = "{directory}/wal"
[http]
bind-address = "127.0.0.1:{port}"
auth-enabled = true
log-enabled = false
[monitor]
store-enabled = false
"""
LINES_PER_WRITE = 5000


class InfluxServer:
    """A running server with the database `home`."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def is_ready(self) -> bool:
        try:
            return send(f"{self.url}/ping").status == 204
        except OSError:
            return False

    def query(self, text: str) -> Response:
        parameters = urllib.parse.urlencode({"u": USER, "p": PASSWORD, "q": text})
        response = send(f"{self.url}/query?{parameters}", method="POST")
        assert response.status == 200, response.body
        return response

    def write(self, lines: Iterable[str]) -> None:
        """Write lines of the line protocol, with times in nanoseconds."""
        parameters = urllib.parse.urlencode({"db": "home", "u": USER, "p": PASSWORD})
        everything = list(lines)
        for start in range(0, len(everything), LINES_PER_WRITE):
            body = "\n".join(everything[start : start + LINES_PER_WRITE]).encode()
            request = urllib.request.Request(f"{self.url}/write?{parameters}", body)
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as response:
                assert response.status == 204


@contextmanager
def influxdb(directory: Path) -> Iterator[InfluxServer]:
    """Run a server while the block runs."""
    port = reserve_port()
    configuration = directory / "influxdb.conf"
    configuration.write_text(
        CONFIGURATION.format(directory=directory, port=port, rpc_port=reserve_port()), encoding="utf-8"
    )
    server = InfluxServer(port)
    command = [require("influxd", "Debian's package influxdb"), "run", "-config", str(configuration)]
    with running(command, directory, server.is_ready):
        server.query(f"CREATE USER {USER} WITH PASSWORD '{PASSWORD}' WITH ALL PRIVILEGES")
        server.query("CREATE DATABASE home")
        yield server

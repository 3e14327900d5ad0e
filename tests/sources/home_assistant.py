"""A real Home Assistant with an owner and a history, by https://developers.home-assistant.io/docs/auth_api/."""

import json
import sqlite3
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.ports import reserve_port
from tests.services import ROOT
from tests.sources.servers import running
from tests.unit.http_client import send

PROGRAM = ROOT / ".sources" / "home-assistant" / "bin" / "hass"
# It commits each state at once; analytics and discovery are not part of this configuration.
CONFIGURATION = """
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
history:
recorder:
  commit_interval: 0
"""


class State(NamedTuple):
    """A state as the recorder stores it; `changed_at` is None if it changed when it was updated."""

    updated_at: datetime
    value: str
    changed_at: datetime | None = None


class HomeAssistantServer:
    """A running server; `token` is that of its owner."""

    def __init__(self, port: int, directory: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.token = ""
        self._database = directory / "home-assistant_v2.db"

    def is_ready(self) -> bool:
        try:
            return send(f"{self.url}/api/onboarding").status == 200
        except OSError:
            return False

    def has_tables(self) -> bool:
        """Return whether the recorder has created its tables, which may be later than it answers."""
        if not (self._database.exists() and self.is_ready()):
            return False
        with closing(sqlite3.connect(self._database)) as database:
            return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'states'").fetchall())

    def create_owner(self) -> None:
        client = f"{self.url}/"
        owner = {"client_id": client, "name": "a", "username": "a", "password": "a", "language": "en"}
        code = send(f"{self.url}/api/onboarding/users", owner).json["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        request = urllib.request.Request(f"{self.url}/auth/token", urllib.parse.urlencode(form).encode())
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as response:
            self.token = json.load(response)["access_token"]

    def set_state(self, entity: str, value: str, unit: str | None = "°C") -> datetime:
        """Set the present state, and return when it changed."""
        attributes: dict[str, Any] = {"unit_of_measurement": unit} if unit else {}
        answer = send(
            f"{self.url}/api/states/{entity}",
            {"state": value, "attributes": attributes},
            Authorization=f"Bearer {self.token}",
        )
        assert answer.status in (200, 201), answer.body
        return datetime.fromisoformat(answer.json["last_changed"])

    def record_run(self, start: datetime) -> None:
        """Add a run of the recorder: of times before its first run, the server answers with nothing."""
        with closing(sqlite3.connect(self._database)) as database, database:
            moments = [start.strftime("%Y-%m-%d %H:%M:%S.000000")] * 3
            database.execute(
                'INSERT INTO recorder_runs (start, "end", closed_incorrect, created) VALUES (?, ?, 0, ?)',
                moments,
            )

    def record(self, entity: str, states: Iterable[State], unit: str | None = "°C") -> None:
        """Add states to the recorder's database, as it would have stored them."""
        attributes = json.dumps({"unit_of_measurement": unit} if unit else {})
        with closing(sqlite3.connect(self._database)) as database, database:
            row = database.execute("INSERT INTO states_meta (entity_id) VALUES (?)", [entity])
            metadata = row.lastrowid
            row = database.execute("INSERT INTO state_attributes (shared_attrs) VALUES (?)", [attributes])
            database.executemany(
                "INSERT INTO states (state, metadata_id, attributes_id, last_updated_ts, last_changed_ts)"
                " VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        each.value,
                        metadata,
                        row.lastrowid,
                        each.updated_at.timestamp(),
                        each.changed_at and each.changed_at.timestamp(),
                    )
                    for each in states
                ],
            )


@contextmanager
def home_assistant(
    directory: Path, fill: Callable[[HomeAssistantServer], None]
) -> Iterator[HomeAssistantServer]:
    """Run a server while the block runs, with the history that `fill` records while it is stopped."""
    if not PROGRAM.exists():
        pytest.fail(f"{PROGRAM} is not installed: run make test-sources, which does")
    port = reserve_port()
    (directory / "configuration.yaml").write_text(CONFIGURATION.format(port=port), encoding="utf-8")
    server = HomeAssistantServer(port, directory)
    # Without --skip-pip it would install packages while it starts.
    command = [str(PROGRAM), "--config", str(directory), "--skip-pip"]
    with running(command, directory, server.has_tables):
        pass
    fill(server)
    with running(command, directory, server.is_ready):
        server.create_owner()
        yield server

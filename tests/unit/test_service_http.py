"""The endpoints for real, and the probe that asks them."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime

import pytest
from prometheus_client import CollectorRegistry, Counter

from service import probe
from service.errors import ConfigurationError
from service.health import Health
from service.http import serving
from tests.unit.fakes import FakeClock
from tests.unit.ports import reserved_port

HOST = "127.0.0.1"


class Served:
    """A service that is served, and its clock."""

    def __init__(self, port: int) -> None:
        self.clock = FakeClock()
        self.health = Health("broker", "database", stall_seconds=60, clock=self.clock)
        self.registry = CollectorRegistry()
        self.port = port

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.port}{path}", timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture
def served() -> Iterator[Served]:
    with reserved_port() as port:
        served = Served(port)
        with serving(HOST, port, served.health, served.registry) as served_port:
            assert served_port == port
            yield served


def test_livez_fails_only_while_the_loop_makes_no_progress(served: Served) -> None:
    assert served.get("/livez") == (200, '{"live": true}\n')

    served.clock.now += 61.5
    assert served.get("/livez") == (503, '{"live": false, "no_progress_for_seconds": 61.5}\n')

    served.health.beat()
    assert served.get("/livez")[0] == 200


def test_readyz_fails_while_something_needed_does_not_answer(served: Served) -> None:
    status, body = served.get("/readyz")
    assert status == 503
    assert json.loads(body)["problems"] == {"broker": "not reached yet", "database": "not reached yet"}

    served.health.up("broker")
    served.health.up("database")
    status, body = served.get("/readyz")
    assert status == 200
    assert json.loads(body) | {"since": None} == {"ready": True, "problems": {}, "since": None}

    served.health.down("broker", "Connection refused")
    answer = json.loads(served.get("/readyz")[1])
    assert (answer["ready"], answer["problems"]) == (False, {"broker": "Connection refused"})
    assert datetime.fromisoformat(answer["since"]["broker"]) > datetime.fromisoformat(
        answer["since"]["database"]
    )
    assert served.get("/livez")[0] == 200, "a lost broker is no reason for a restart"


def test_metrics_are_prometheus_text(served: Served) -> None:
    Counter("readings_total", "Readings", registry=served.registry).inc(3)

    status, body = served.get("/metrics")

    assert status == 200
    assert "readings_total 3.0" in body


def test_an_unknown_path_is_answered_with_the_known_ones(served: Served) -> None:
    status, body = served.get("/")

    assert (status, json.loads(body)) == (404, {"paths": ["/livez", "/readyz", "/metrics"]})


def test_port_0_serves_nothing() -> None:
    with serving(HOST, 0, Health()) as port:
        assert port is None


def test_the_port_is_free_again_afterwards() -> None:
    with reserved_port() as port:
        for _ in range(2):
            with serving(HOST, port, Health()) as served_port:
                assert served_port == port


def test_a_busy_port_is_a_wrong_setting() -> None:
    with (
        socket.create_server((HOST, 0)) as busy,
        pytest.raises(
            ConfigurationError, match=rf"HTTP_PORT is {busy.getsockname()[1]}, .*in use.* 0 for none"
        ),
        serving(HOST, busy.getsockname()[1], Health()),
    ):
        pass


def ask(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["probe", *arguments])
    return probe.main()


def test_the_probe_asks_readyz_of_its_own_container(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HTTP_PORT", str(served.port))

    assert ask(monkeypatch) == 1
    assert "not reached yet" in capsys.readouterr().out

    served.health.up("broker")
    served.health.up("database")
    assert ask(monkeypatch) == 0
    assert capsys.readouterr().out.startswith('{"ready": true, "problems": {}, ')

    assert ask(monkeypatch, "/nothing") == 1


def test_the_probe_goes_through_no_proxy(
    served: Served, monkeypatch: pytest.MonkeyPatch, closed: int
) -> None:
    monkeypatch.setenv("HTTP_PORT", str(served.port))
    monkeypatch.setenv("http_proxy", f"http://{HOST}:{closed}")

    assert ask(monkeypatch, "/livez") == 0


def test_the_probe_fails_where_nobody_listens(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], closed: int
) -> None:
    monkeypatch.setenv("HTTP_PORT", str(closed))

    assert ask(monkeypatch) == 1
    assert "Connection refused" in capsys.readouterr().out


def test_the_probe_is_a_program(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", str(served.port))

    assert subprocess.run([sys.executable, "-m", "service.probe", "/livez"], check=False).returncode == 0
    assert subprocess.run([sys.executable, "-m", "service.probe"], check=False).returncode == 1

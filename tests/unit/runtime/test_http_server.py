"""The HTTP endpoints over a real socket, and the probe that requests them."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import pytest
from prometheus_client import CollectorRegistry, Counter

from runtime import http_server, probe
from runtime.errors import ConfigurationError
from runtime.health import Health
from runtime.http_server import serve_http, server_class
from tests.unit.fakes import FakeClock
from tests.unit.ports import reserve_port
from tests.waiting import eventually

HOST = "127.0.0.1"


class ServedService:
    """A service whose endpoints are served, with a clock that the test controls."""

    def __init__(self, port: int) -> None:
        self.clock = FakeClock()
        self.health = Health("broker", "database", stall_seconds=60, clock=self.clock)
        self.registry = CollectorRegistry()
        self.port = port

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.port}{path}", timeout=60) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


@contextmanager
def serve() -> Iterator[ServedService]:
    with reserve_port() as port:
        service = ServedService(port)
        with serve_http(HOST, port, service.health, service.registry) as served_port:
            assert served_port == port
            yield service


@pytest.fixture
def service() -> Iterator[ServedService]:
    with serve() as service:
        yield service


def test_livez_fails_while_the_loop_is_stalled(service: ServedService) -> None:
    assert service.get("/livez") == (200, '{"live": true}\n')

    service.clock.now += 61.5
    assert service.get("/livez") == (503, '{"live": false, "no_progress_for_seconds": 61.5}\n')

    service.health.heartbeat()
    assert service.get("/livez")[0] == 200


def test_readyz_fails_while_a_dependency_is_down(service: ServedService) -> None:
    status, body = service.get("/readyz")
    assert status == 503
    assert json.loads(body)["problems"] == {"broker": "not reached yet", "database": "not reached yet"}

    service.health.mark_up("broker")
    service.health.mark_up("database")
    status, body = service.get("/readyz")
    assert status == 200
    assert json.loads(body) | {"since": None} == {"ready": True, "problems": {}, "since": None}

    service.health.mark_down("broker", "Connection refused")
    response = json.loads(service.get("/readyz")[1])
    assert (response["ready"], response["problems"]) == (False, {"broker": "Connection refused"})
    assert datetime.fromisoformat(response["since"]["broker"]) > datetime.fromisoformat(
        response["since"]["database"]
    )
    assert service.get("/livez")[0] == 200, "a broker that is down must not cause a restart"


def test_metrics_are_prometheus_text(service: ServedService) -> None:
    Counter("readings_total", "Readings", registry=service.registry).inc(3)

    status, body = service.get("/metrics")

    assert status == 200
    assert "readings_total 3.0" in body


def test_an_unknown_path_returns_404_with_the_known_paths(service: ServedService) -> None:
    status, body = service.get("/")

    assert (status, json.loads(body)) == (404, {"paths": ["/livez", "/readyz", "/metrics"]})


def test_port_0_turns_the_server_off() -> None:
    with serve_http(HOST, 0, Health()) as port:
        assert port is None


def test_the_port_is_free_after_the_block() -> None:
    with reserve_port() as port:
        for _ in range(2):
            with serve_http(HOST, port, Health()) as served_port:
                assert served_port == port


def test_a_port_in_use_is_a_configuration_error() -> None:
    with (
        socket.create_server((HOST, 0)) as busy,
        pytest.raises(
            ConfigurationError, match=rf"HTTP_PORT is {busy.getsockname()[1]}: .*in use.* port 0 for no HTTP"
        ),
        serve_http(HOST, busy.getsockname()[1], Health()),
    ):
        pass


@pytest.mark.parametrize("start", [b"", b"GET /livez HTTP/1.1\r\nHost: h\r\nX-Slow: "])
def test_a_request_that_is_not_completed_is_closed(monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    with serve() as service:
        with monkeypatch.context() as impatient:
            impatient.setattr(http_server, "CONNECTION_SECONDS", 0.1)
            with socket.create_connection((HOST, service.port), 60) as slow:
                slow.sendall(start)
                while slow.recv(1000):
                    pass
        assert service.get("/livez")[0] == 200


def test_an_address_with_too_many_connections_is_refused_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_server, "MAX_CONNECTIONS_PER_ADDRESS", 2)
    with serve() as service, ExitStack() as held:
        for _ in range(2):
            held.enter_context(socket.create_connection((HOST, service.port), 60))
        with socket.create_connection((HOST, service.port), 60) as refused:
            assert b"503 Service Unavailable" in refused.recv(1000)
        with socket.create_connection((HOST, service.port), 60, source_address=("127.0.0.2", 0)) as other:
            other.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
            assert b"200 OK" in other.recv(1000)
        held.close()
        eventually(lambda: is_served(service), 60, "a place is free again")


def is_served(service: ServedService) -> bool:
    try:
        return service.get("/livez")[0] == 200
    except OSError:  # a refused connection may be reset before its response is read
        return False


def test_only_so_many_connections_are_open_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "MAX_CONNECTIONS", 1)
    with (
        serve() as service,
        socket.create_connection((HOST, service.port), 60),
        socket.create_connection((HOST, service.port), 60, source_address=("127.0.0.2", 0)) as refused,
    ):
        assert refused.recv(1000).endswith(b"Too many connections are open: try again later.\n")


def run_probe(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["probe", *arguments])
    return probe.main()


def test_the_probe_requests_readyz_of_its_own_container(
    service: ServedService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HTTP_PORT", str(service.port))

    assert run_probe(monkeypatch) == 1
    assert "not reached yet" in capsys.readouterr().out

    service.health.mark_up("broker")
    service.health.mark_up("database")
    assert run_probe(monkeypatch) == 0
    assert capsys.readouterr().out.startswith('{"ready": true, "problems": {}, ')

    assert run_probe(monkeypatch, "/nothing") == 1


def test_the_probe_ignores_proxy_settings(
    service: ServedService, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    monkeypatch.setenv("HTTP_PORT", str(service.port))
    monkeypatch.setenv("http_proxy", f"http://{HOST}:{closed_port}")

    assert run_probe(monkeypatch, "/livez") == 0


def test_the_probe_fails_without_a_server(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], closed_port: int
) -> None:
    monkeypatch.setenv("HTTP_PORT", str(closed_port))

    assert run_probe(monkeypatch) == 1
    assert "Connection refused" in capsys.readouterr().out


def test_the_probe_needs_no_installed_package(
    service: ServedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PORT", str(service.port))

    assert subprocess.run([sys.executable, "-IS", probe.__file__, "/livez"], check=False).returncode == 0
    assert subprocess.run([sys.executable, "-IS", probe.__file__], check=False).returncode == 1


def test_it_listens_on_ipv6_addresses_too() -> None:
    assert [server_class(host).address_family for host in ("::1", "127.0.0.1", "localhost")] == [
        socket.AF_INET6,
        socket.AF_INET,
        socket.AF_INET,
    ]


def test_an_address_of_another_machine_is_reported() -> None:
    with (
        pytest.raises(ConfigurationError, match=r"cannot listen on 203\.0\.113\.5:9100: .* \(HTTP_HOST\)"),
        serve_http("203.0.113.5", 9100, Health()),
    ):
        raise AssertionError

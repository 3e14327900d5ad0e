"""Services probed over real HTTP."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from prometheus_client import CollectorRegistry, Counter, ProcessCollector

from monitoring.discovery import Target
from monitoring.model import Health as State
from monitoring.model import Service
from monitoring.restarts import RestartCounter
from monitoring.services import ServiceProbe, ServiceReport, sample_value
from runtime.health import Health
from runtime.http_server import serve_http
from tests.unit.fakes import FakeClock
from tests.unit.ports import reserve_port

HOST = "127.0.0.1"
NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


class Served:
    """The HTTP side of a service, and its clock."""

    def __init__(self, port: int) -> None:
        self.clock = FakeClock()
        self.health = Health("broker", "database", stall_seconds=60, clock=self.clock)
        self.registry = CollectorRegistry()
        self.target = Target(name="it", address=(HOST, port), restarts=4)


@pytest.fixture
def served() -> Iterator[Served]:
    with reserve_port() as port:
        served = Served(port)
        with serve_http(HOST, port, served.health, served.registry):
            yield served


@pytest.fixture
def probe() -> Iterator[ServiceProbe]:
    with closing(ServiceProbe(timeout_seconds=60)) as probe:
        yield probe


def test_a_service_is_ready_since_its_last_dependency_came_up(served: Served, probe: ServiceProbe) -> None:
    ProcessCollector(registry=served.registry)
    Counter("readings_total", "Readings", registry=served.registry).inc(3)
    served.health.mark_up("broker")
    served.health.mark_up("database")

    report = probe(served.target)

    service = report.service
    assert (service.name, service.health, service.reason, service.restarts) == ("it", State.READY, None, 4)
    assert service.health_since == served.health.dependencies()["database"].since
    assert service.started_at
    assert timedelta() < datetime.now(UTC) - service.started_at < timedelta(hours=6)
    assert sample_value(report.samples, "readings_total") == 3
    assert report.dependencies == served.health.dependencies()


def test_a_service_that_is_not_ready_reports_why_and_since_when(served: Served, probe: ServiceProbe) -> None:
    served.health.mark_up("broker")
    served.health.mark_down("database", "Connection \x1b[31mrefused")

    service = probe(served.target).service

    assert service.health is State.NOT_READY
    assert service.reason == r"database: Connection \x1b[31mrefused"
    assert service.health_since == served.health.dependencies()["database"].since


def test_a_main_loop_that_makes_no_progress_is_stalled(served: Served, probe: ServiceProbe) -> None:
    served.clock.now += 75
    before = datetime.now(UTC)

    service = probe(served.target).service

    assert (service.health, service.reason) == (State.STALLED, "its main loop has made no progress for 75 s")
    assert service.health_since
    stalled_since = service.health_since
    assert before - timedelta(seconds=75.1) <= stalled_since <= datetime.now(UTC) - timedelta(seconds=74.9)


def test_a_process_that_never_responds_is_stalled_on_every_probe() -> None:
    with socket.create_server((HOST, 0), backlog=1) as frozen:
        target = Target(name="it", address=(HOST, frozen.getsockname()[1]))
        with closing(ServiceProbe(timeout_seconds=0.1)) as impatient:
            found = [impatient(target).service for _ in range(5)]

    assert {(service.health, service.reason) for service in found} == {
        (State.STALLED, "no response in 0.1 s")
    }


def test_a_port_on_which_nothing_listens_is_down(probe: ServiceProbe, closed_port: int) -> None:
    service = probe(Target(name="it", address=(HOST, closed_port))).service

    assert (service.health, service.reason) == (
        State.DOWN,
        f"127.0.0.1:{closed_port}: Connection refused",
    )


@pytest.mark.parametrize(
    "response", [b"HTTP/1.0 200 OK\r\n\r\n<html>", b"HTTP/1.0 200 OK\r\n\r\n{}", b"AMQP\x00\x00\x09\x01"]
)
def test_a_port_on_which_something_else_listens_is_down(response: bytes, probe: ServiceProbe) -> None:
    def greet(server: socket.socket) -> None:
        client, _ = server.accept()
        with client:
            client.recv(4096)
            client.sendall(response)

    with socket.create_server((HOST, 0)) as server:
        greeter = Thread(target=greet, args=(server,))
        greeter.start()
        service = probe(Target(name="it", address=(HOST, server.getsockname()[1]))).service
        greeter.join(60)

    assert service.health is State.DOWN
    assert (service.reason or "").isprintable()


def test_a_target_without_an_address_is_not_probed(probe: ServiceProbe) -> None:
    target = Target(name="it", address=None, reason="given up after exit code 1", down_since=NOW, restarts=20)

    assert probe(target).service == Service(
        name="it", health=State.DOWN, reason="given up after exit code 1", health_since=NOW, restarts=20
    )


def restarts(*started: datetime | None, counted: int | None = None) -> list[int | None]:
    counter = RestartCounter()
    services = [
        Service(name="it", health=State.READY, started_at=moment, restarts=counted) for moment in started
    ]
    return [counter.count([ServiceReport(service=service)])[0].service.restarts for service in services]


def test_restarts_are_counted_between_collections() -> None:
    later, latest = NOW + timedelta(seconds=9), NOW + timedelta(seconds=20)
    jitter = timedelta(milliseconds=10)

    assert restarts(NOW, NOW + jitter, None, later, latest) == [None, None, None, 1, 2]


def test_the_count_of_a_supervisor_is_kept() -> None:
    assert restarts(NOW, NOW + timedelta(seconds=9), counted=7) == [7, 7]

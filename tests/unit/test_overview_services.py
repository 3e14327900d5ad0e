"""What a service says of itself, asked over real HTTP."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from prometheus_client import CollectorRegistry, Counter, ProcessCollector

from overview import services
from overview.model import Health as State
from overview.model import Service
from overview.places import Place
from overview.restarts import RestartCounter
from overview.services import Answer, ask, value_of
from service.health import Health
from service.http import serving
from tests.unit.fakes import FakeClock
from tests.unit.ports import reserved_port

HOST = "127.0.0.1"
NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)


class Served:
    """A service that is served, and its clock."""

    def __init__(self, port: int) -> None:
        self.clock = FakeClock()
        self.health = Health("broker", "database", stall_seconds=60, clock=self.clock)
        self.registry = CollectorRegistry()
        self.place = Place(name="it", address=(HOST, port), restarts=4)


@pytest.fixture
def served() -> Iterator[Served]:
    with reserved_port() as port:
        served = Served(port)
        with serving(HOST, port, served.health, served.registry):
            yield served


def test_a_service_that_is_ready_since_its_last_need_answered(served: Served) -> None:
    ProcessCollector(registry=served.registry)
    Counter("readings_total", "Readings", registry=served.registry).inc(3)
    served.health.up("broker")
    served.health.up("database")

    answer = ask(served.place)

    service = answer.service
    assert (service.name, service.health, service.why, service.restarts) == ("it", State.READY, None, 4)
    assert service.since == served.health.needs()["database"].since
    assert service.started_at
    assert timedelta() < datetime.now(UTC) - service.started_at < timedelta(hours=6)
    assert value_of(answer.samples, "readings_total") == 3
    assert answer.needs == served.health.needs()


def test_a_service_that_waits_tells_for_what_and_since_when(served: Served) -> None:
    served.health.up("broker")
    served.health.down("database", "Connection \x1b[31mrefused")

    service = ask(served.place).service

    assert service.health is State.WAITING
    assert service.why == r"database: Connection \x1b[31mrefused"
    assert service.since == served.health.needs()["database"].since


def test_a_loop_that_hangs(served: Served) -> None:
    served.clock.now += 75
    asked_at = datetime.now(UTC)

    service = ask(served.place).service

    assert (service.health, service.why) == (State.HANGS, "its loop has made no progress for 75 s")
    assert service.since
    assert asked_at - timedelta(seconds=75.1) <= service.since <= datetime.now(UTC) - timedelta(seconds=74.9)


def test_a_process_that_does_not_answer_hangs_however_often_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(services, "TIMEOUT_SECONDS", 0.1)
    with socket.create_server((HOST, 0), backlog=1) as frozen:
        place = Place(name="it", address=(HOST, frozen.getsockname()[1]))
        found = [ask(place).service for _ in range(5)]

    assert {(service.health, service.why) for service in found} == {
        (State.HANGS, "it gave no answer in 0.1 s")
    }


def test_nobody_listens(closed: int) -> None:
    service = ask(Place(name="it", address=(HOST, closed))).service

    assert (service.health, service.why) == (State.DOWN, f"127.0.0.1:{closed}: Connection refused")


@pytest.mark.parametrize(
    "said", [b"HTTP/1.0 200 OK\r\n\r\n<html>", b"HTTP/1.0 200 OK\r\n\r\n{}", b"AMQP\x00\x00\x09\x01"]
)
def test_somebody_else_listens(said: bytes) -> None:
    def greet(server: socket.socket) -> None:
        client, _ = server.accept()
        with client:
            client.recv(4096)
            client.sendall(said)

    with socket.create_server((HOST, 0)) as server:
        greeter = Thread(target=greet, args=(server,))
        greeter.start()
        service = ask(Place(name="it", address=(HOST, server.getsockname()[1]))).service
        greeter.join(60)

    assert service.health is State.DOWN
    assert (service.why or "").isprintable()


def test_what_does_not_run_is_not_asked() -> None:
    place = Place(name="it", address=None, why="given up after exit code 1", gone_since=NOW, restarts=20)

    assert ask(place).service == Service(
        name="it", health=State.DOWN, why="given up after exit code 1", since=NOW, restarts=20
    )


def restarts(*started: datetime | None, counted: int | None = None) -> list[int | None]:
    counter = RestartCounter()
    services = [
        Service(name="it", health=State.READY, started_at=moment, restarts=counted) for moment in started
    ]
    return [counter.counted([Answer(service=service)])[0].service.restarts for service in services]


def test_restarts_are_counted_while_somebody_looks() -> None:
    later, latest = NOW + timedelta(seconds=9), NOW + timedelta(seconds=20)
    jitter = timedelta(milliseconds=10)

    assert restarts(NOW, NOW + jitter, None, later, latest) == [None, None, None, 1, 2]


def test_a_supervisor_counts_them_better() -> None:
    assert restarts(NOW, NOW + timedelta(seconds=9), counted=7) == [7, 7]

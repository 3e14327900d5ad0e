"""The worker's connection to the broker: tickets, pings, and what happens while the broker is down."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from messaging.errors import BrokerUnavailable
from runtime.health import Health
from runtime.lifecycle import ShutdownSignal
from tests.unit.fakes import wait_until
from worker import tickets
from worker.settings import WorkerSettings
from worker.telemetry import BROKER, DATABASE, WorkerTelemetry
from worker.tickets import TicketListener


class FakeTicket:
    def __init__(self) -> None:
        self.settled: list[bool] = []

    def settle(self, *, ack: bool) -> None:
        self.settled.append(ack)


class FakeBroker:
    """Stands for the connection, the consumer and the publisher at once; `deliveries` arrive one by one."""

    is_open = False

    def __init__(self) -> None:
        self.deliveries: deque[Callable[[FakeBroker], None]] = deque()
        self.connect_errors: deque[Exception] = deque()
        self.accepting: list[bool] = []
        self.published: list[str] = []
        self.on_ticket: Callable[[Any], None]
        self.on_command: Callable[[bytes], None]

    def connect(self, _url: str, _name: str) -> "FakeBroker":
        if self.connect_errors:
            raise self.connect_errors.popleft()
        return self

    def consumer(self, *_: object, on_ticket: Any, on_command: Any) -> "FakeBroker":
        self.on_ticket, self.on_command = on_ticket, on_command
        return self

    def accept(self, accepting: bool) -> None:
        self.accepting.append(accepting)

    def process_events(self, _seconds: float) -> None:
        if self.deliveries:
            self.deliveries.popleft()(self)

    def publish(self, routing_key: str, _event_id: str, _body: bytes) -> None:
        self.published.append(routing_key)


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> FakeBroker:
    fake = FakeBroker()
    monkeypatch.setattr(tickets, "connect", fake.connect)
    monkeypatch.setattr(tickets, "TicketConsumer", fake.consumer)
    monkeypatch.setattr(tickets, "EventPublisher", lambda *_: fake)
    return fake


@pytest.fixture
def health() -> Health:
    return Health(BROKER, DATABASE)


@pytest.fixture
def listener(broker: FakeBroker, health: Health, quick_retries: None) -> Iterator[TicketListener]:
    stop = ShutdownSignal()
    listener = TicketListener(WorkerSettings(), ["dummy"], WorkerTelemetry(health, ["dummy"]), stop)
    yield listener
    stop.set()
    listener.join()
    assert listener.error is None


def lose_connection(_broker: FakeBroker) -> None:
    raise BrokerUnavailable("the broker is down")


def deliver(*delivered: FakeTicket) -> Callable[[FakeBroker], None]:
    def act(broker: FakeBroker) -> None:
        for ticket in delivered:
            broker.on_ticket(ticket)

    return act


def test_tickets_are_acked_once_nothing_more_can_be_claimed(
    listener: TicketListener, broker: FakeBroker
) -> None:
    delivered = [FakeTicket(), FakeTicket()]
    broker.deliveries.append(deliver(*delivered))
    listener.start()
    wait_until(lambda: listener.receive() == 2)
    listener.settle(1, is_full=False)
    assert [ticket.settled for ticket in delivered] == [[True], [True]]
    assert listener.receive() == 0


def test_a_worker_that_is_full_requeues_tickets_and_accepts_no_more(
    listener: TicketListener, broker: FakeBroker
) -> None:
    delivered = [FakeTicket(), FakeTicket()]
    broker.deliveries.append(deliver(*delivered))
    listener.start()
    wait_until(lambda: listener.receive() == 2)
    listener.settle(1, is_full=True)
    assert [ticket.settled for ticket in delivered] == [[True], [False]]
    wait_until(lambda: broker.accepting[-1] is False)
    listener.settle(0, is_full=False)
    wait_until(lambda: broker.accepting[-1] is True)


def test_it_connects_again_after_the_broker_was_down(
    listener: TicketListener, broker: FakeBroker, health: Health
) -> None:
    broker.connect_errors.extend([BrokerUnavailable("the broker is down")] * 2)
    ticket = FakeTicket()
    broker.deliveries.extend([lose_connection, deliver(ticket)])
    listener.start()
    wait_until(lambda: listener.receive() == 1)
    assert BROKER not in health.problems()


def test_a_broker_that_refuses_each_answer_is_not_asked_without_a_pause(
    listener: TicketListener, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.tickets.retry_delay", lambda _failures: 60.0)
    broker.deliveries.extend([lose_connection] * 100)
    listener.start()
    wait_until(lambda: len(broker.deliveries) < 100)
    time.sleep(0.05)
    assert len(broker.deliveries) == 99


def test_a_connection_that_cannot_be_used_is_closed(
    listener: TicketListener, broker: FakeBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[object] = []
    monkeypatch.setattr(tickets, "close_quietly", closed.append)
    refuse = deque([BrokerUnavailable("there is no such queue")])

    def accept(_accepting: bool) -> None:
        if refuse:
            raise refuse.popleft()

    monkeypatch.setattr(broker, "accept", accept)
    ticket = FakeTicket()
    broker.deliveries.append(deliver(ticket))
    listener.start()
    wait_until(lambda: listener.receive() == 1)
    assert closed == [broker]


def test_a_ping_is_answered_and_nonsense_is_not(listener: TicketListener, broker: FakeBroker) -> None:
    broker.deliveries.append(lambda broker: broker.on_command(b"nonsense"))
    broker.deliveries.append(lambda broker: broker.on_command(b'{"telemetry_id": "t-1"}'))
    listener.start()
    wait_until(lambda: broker.published == ["pong.t-1"])

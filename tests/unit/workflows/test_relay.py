"""What becomes of a message that the service for workflows receives, without a broker."""

import json
from collections import deque
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from db.errors import InvalidData
from messaging.consuming.commands import ReceivedCommand
from messaging.errors import BrokerUnavailable
from messaging.topology import CONTROL_QUEUE, FILES_QUEUE
from runtime.errors import ShutdownRequested
from runtime.lifecycle import ShutdownSignal
from runtime.retry import INITIAL_DELAY_SECONDS
from tests.unit.fakes import EventRecorder
from workflows import relay as relay_module
from workflows.relay import Relay
from workflows.telemetry import WorkflowsTelemetry

WORKFLOW = str(uuid4())
COMMAND = (f"stop.{WORKFLOW}", {"command": "stop", "target": WORKFLOW})


class FakeChannel:
    def __init__(self) -> None:
        self.rejected: list[int] = []

    def basic_reject(self, delivery_tag: int, *, requeue: bool) -> None:
        assert not requeue
        self.rejected.append(delivery_tag)


class FakeRequests:
    """Refuses what no text column holds, as the database does."""

    def request(self, *_: object) -> Any:
        raise InvalidData("PostgreSQL text fields cannot contain NUL (0x00) bytes")

    cancel = pause = resume = retry = request


class FakeOutbox:
    def pending(self, _most: int) -> list[Any]:
        return []


class FakeCommands:
    def __init__(self, *received: ReceivedCommand) -> None:
        self.received = deque(received)

    def process_events(self, _seconds: float) -> None: ...


class LostCommands(FakeCommands):
    def process_events(self, _seconds: float) -> None:
        raise BrokerUnavailable("403 ACCESS_REFUSED")


class FakeShutdown(ShutdownSignal):
    """Requests the shutdown in the third pause; `pauses` has their seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) == 3:
            raise ShutdownRequested


@pytest.mark.parametrize(
    ("queue", "key", "body", "event"),
    [
        (CONTROL_QUEUE, *COMMAND, "command_rejected"),
        (FILES_QUEUE, "files", {"file_name": "fridge.csv"}, "file_rejected"),
    ],
    ids=["command", "file"],  # all workers must collect the same: the key has an ID of its own in each
)
def test_a_message_that_the_database_can_never_accept_is_rejected(
    queue: str, key: str, body: dict[str, str], event: str
) -> None:
    channel, telemetry = FakeChannel(), EventRecorder(WorkflowsTelemetry)
    received = ReceivedCommand(
        queue,
        channel,
        7,
        key,
        json.dumps(body).encode(),
        None,
        "plant\0",
    )
    commands = FakeCommands(received)
    relay = Relay(None, FakeOutbox(), FakeRequests(), telemetry, None)  # type: ignore[arg-type]

    relay.relay(None, commands)  # type: ignore[arg-type]

    assert (channel.rejected, list(commands.received)) == ([7], [])
    assert telemetry.names == [event]


def test_a_connection_that_is_lost_again_and_again_is_replaced_after_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = SimpleNamespace(channel=lambda: None, is_open=False)
    monkeypatch.setattr(relay_module, "connect", lambda *_: connection)
    monkeypatch.setattr(relay_module, "EventPublisher", lambda *_: None)
    monkeypatch.setattr(relay_module, "declare_workflows", lambda *_: None)
    monkeypatch.setattr(relay_module, "CommandConsumer", lambda _: LostCommands())
    settings: Any = SimpleNamespace(amqp_url="")
    stop, telemetry = FakeShutdown(), EventRecorder(WorkflowsTelemetry)
    relay = Relay(settings, FakeOutbox(), FakeRequests(), telemetry, stop)  # type: ignore[arg-type]

    with pytest.raises(ShutdownRequested):
        relay.run()

    assert telemetry.names == ["broker_up", "broker_down"] * 3
    assert min(stop.pauses) >= INITIAL_DELAY_SECONDS

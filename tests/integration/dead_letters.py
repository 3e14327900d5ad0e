"""Dead messages for tests, and the operator who works on them."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pika

from tests.broker import DEAD_QUEUE, Message, VirtualHost
from tests.processes import Process, Processes

DEFAULT_DELIVERY_LIMIT = 20


class Operator:
    """Runs `sensorctl` to its end."""

    def __init__(self, run: Processes) -> None:
        self._run = run

    def start(self, *arguments: str) -> Process:
        return self._run.start(" ".join(["sensorctl", *arguments]))

    def __call__(self, *arguments: str, code: int = 0) -> str:
        process = self.start(*arguments)
        assert process.wait(120) == code, process.text
        return process.text

    def listed(self, *arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("dead", "list", "--json", *arguments))
        return found


def bury(
    broker: VirtualHost,
    body: bytes | str = "rubbish",
    reason: str = "not-json",
    age: timedelta = timedelta(0),
    /,
    **headers: Any,
) -> None:
    """Put a message into the dead queue as the pipeline does."""
    died = (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
    told = {"x-dead-reason": reason, "x-dead-at": died, "x-dead-by": "test", "x-replays": 0} | headers
    broker.publish(body, pika.BasicProperties(headers=told, delivery_mode=2), routing_key=DEAD_QUEUE)


def bury_many(broker: VirtualHost, count: int) -> set[bytes]:
    bodies = {f"rubbish {number}".encode() for number in range(count)}
    for body in sorted(bodies):
        bury(broker, body)
    return bodies


def bodies(messages: list[Message]) -> Counter[bytes]:
    return Counter(message.body for message in messages)

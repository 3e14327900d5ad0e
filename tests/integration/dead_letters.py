"""Dead messages for tests, and the operator who works on them."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pika

from tests.broker import DEAD_QUEUE, Message, VirtualHost
from tests.processes import Process, Processes
from tests.waiting import DEADLINE_SECONDS, eventually

DEFAULT_DELIVERY_LIMIT = 20


class Operator:
    """Runs `sensorctl` to its end."""

    def __init__(self, run: Processes) -> None:
        self._run = run

    def start(self, *arguments: str) -> Process:
        return self._run.start(" ".join(["sensorctl", *arguments]))

    def __call__(self, *arguments: str, code: int = 0) -> str:
        process = self.start(*arguments)
        assert process.wait(2 * DEADLINE_SECONDS) == code, process.text
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
    broker.publish(body, _death(reason, age, headers), routing_key=DEAD_QUEUE)


def bury_all(broker: VirtualHost, bodies: Sequence[str]) -> None:
    """Put many into the dead queue, in this order; they wait there afterwards."""
    wanted = broker.ready(DEAD_QUEUE) + len(bodies)
    # A channel of its own, since that of the broker waits for every single confirm.
    with broker.channel.connection.channel() as channel:
        for body in bodies:
            channel.basic_publish("", DEAD_QUEUE, body.encode(), _death("not-json", timedelta(0), {}))
    eventually(lambda: broker.ready(DEAD_QUEUE) == wanted, DEADLINE_SECONDS, "all of them are buried")


def bury_many(broker: VirtualHost, count: int) -> set[bytes]:
    bodies = sorted(f"rubbish {number}" for number in range(count))
    bury_all(broker, bodies)
    return {body.encode() for body in bodies}


def _death(reason: str, age: timedelta, headers: dict[str, Any]) -> pika.BasicProperties:
    died = (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
    told = {"x-dead-reason": reason, "x-dead-at": died, "x-dead-by": "test", "x-replays": 0} | headers
    return pika.BasicProperties(headers=told, delivery_mode=2)


def limit_deliveries(broker: VirtualHost, limit: int) -> None:
    """From now on a quorum queue drops what it has delivered more often."""
    policy = {"pattern": ".*", "definition": {"delivery-limit": limit}, "apply-to": "queues"}
    broker.server.api("PUT", f"/api/policies/{broker.name}/low", policy)
    path = f"/api/queues/{broker.name}/{DEAD_QUEUE}"
    eventually(lambda: broker.server.api("GET", path).get("policy"), DEADLINE_SECONDS, "it is told")


def bodies(messages: list[Message]) -> Counter[bytes]:
    return Counter(message.body for message in messages)

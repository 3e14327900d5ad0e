"""Publish dead letters, and run the operator's commands on them."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pika

from tests import coverage_variables
from tests.broker import DEAD_QUEUE, Message, VirtualHost
from tests.processes import Process, Processes
from tests.waiting import DEADLINE_SECONDS, eventually

DEFAULT_DELIVERY_LIMIT = 20


class Operator:
    """Runs `sensorctl` commands."""

    def __init__(self, run: Processes) -> None:
        self._run = run

    def start(self, *arguments: str) -> Process:
        return self._run.start(" ".join(["sensorctl", *arguments]), **coverage_variables.of_commands())

    def __call__(self, *arguments: str, code: int = 0) -> str:
        process = self.start(*arguments)
        assert process.wait(2 * DEADLINE_SECONDS) == code, process.text
        return process.text

    def listed(self, *arguments: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("dead", "list", "--json", *arguments))
        return found


def publish_dead_letter(
    broker: VirtualHost,
    body: bytes | str = "rubbish",
    reason: str = "not-json",
    age: timedelta = timedelta(0),
    /,
    **headers: Any,
) -> None:
    """Put a message into the dead-letter queue, as the pipeline does."""
    broker.publish(body, _dead_properties(reason, age, headers), routing_key=DEAD_QUEUE)


def publish_dead_bodies(broker: VirtualHost, bodies: Sequence[str]) -> None:
    """Put many messages into the dead-letter queue in this order, and wait until they are there."""
    expected = broker.ready(DEAD_QUEUE) + len(bodies)
    # A separate channel, because the broker's channel waits for each confirm.
    with broker.channel.connection.channel() as channel:
        for body in bodies:
            channel.basic_publish(
                "", DEAD_QUEUE, body.encode(), _dead_properties("not-json", timedelta(0), {})
            )
    eventually(
        lambda: broker.ready(DEAD_QUEUE) == expected,
        DEADLINE_SECONDS,
        "all messages are in the dead-letter queue",
    )


def publish_dead_letters(broker: VirtualHost, count: int) -> set[bytes]:
    bodies = sorted(f"rubbish {number}" for number in range(count))
    publish_dead_bodies(broker, bodies)
    return {body.encode() for body in bodies}


def _dead_properties(reason: str, age: timedelta, headers: dict[str, Any]) -> pika.BasicProperties:
    dead_at = (datetime.now(UTC) - age).isoformat(timespec="milliseconds")
    all_headers = {
        "x-dead-reason": reason,
        "x-dead-at": dead_at,
        "x-dead-by": "test",
        "x-replays": 0,
    } | headers
    return pika.BasicProperties(headers=all_headers, delivery_mode=2)


def limit_deliveries(broker: VirtualHost, limit: int) -> None:
    """Set a policy: a quorum queue drops a message after this many deliveries."""
    policy = {"pattern": ".*", "definition": {"delivery-limit": limit}, "apply-to": "queues"}
    broker.server.api("PUT", f"/api/policies/{broker.name}/low", policy)
    path = f"/api/queues/{broker.name}/{DEAD_QUEUE}"
    eventually(
        lambda: broker.server.api("GET", path).get("policy"), DEADLINE_SECONDS, "the policy is applied"
    )


def bodies(messages: list[Message]) -> Counter[bytes]:
    return Counter(message.body for message in messages)

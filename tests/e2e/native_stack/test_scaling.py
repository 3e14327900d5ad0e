"""The scaler and the native supervisor: consumers come and go with the backlog."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from messaging.publishing.confirm_publisher import ConfirmPublisher
from native.settings import ROOT
from runtime.env_file import read_env_file
from tests.e2e.native import NativeStack
from tests.ports import reserve_port
from tests.waiting import eventually

SECONDS = 60
MESSAGES = 3000
FIVE = [f"pipeline-{number}" for number in range(1, 6)]


@contextmanager
def scaler(stack: NativeStack, log: Path, **settings: str) -> Iterator[None]:
    """Run the scaler with the variables that the native stack gives it, except for `settings`."""
    client = read_env_file(stack.layout.client_file, {}).values
    variables = {
        **{name: value for name, value in client.items() if name.startswith("RABBITMQ_")},
        "RABBITMQ_USER": client["RABBITMQ_SCALER_USER"],
        "RABBITMQ_PASS": client["RABBITMQ_SCALER_PASS"],
        "HTTP_PORT": str(reserve_port()),
        "SCALER_REPLICAS_FILE": str(stack.layout.pipelines_file),
        **settings,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scaler"], cwd=ROOT, env={**os.environ, **variables}, stdout=output
        )
        try:
            yield
        finally:
            process.terminate()
            assert process.wait(timeout=SECONDS) == 0


def test_consumers_come_and_go_with_the_backlog(stack: NativeStack, tmp_path: Path) -> None:
    # given one consumer, and the scaler
    log = tmp_path / "scaler.log"
    settings = {
        "SCALER_POLLING_INTERVAL": "0.2",
        "SCALER_STABILIZATION_WINDOW_SECONDS": "2",
        "SCALER_VALUE": "100",
    }
    stack.up(PIPELINES="1")
    eventually(lambda: len(stack.consumers()) == 1, SECONDS, "one consumer runs")
    with scaler(stack, log, **settings):
        # when a backlog comes
        publish_backlog(stack)
        # then five consumers run, and when it is gone, one
        eventually(lambda: sorted(stack.consumers()) == FIVE, SECONDS, "five consumers run")
        eventually(lambda: stored(stack) == MESSAGES, SECONDS, "the backlog is stored")
        eventually(lambda: stack.consumers() == FIVE[:1], SECONDS, "one consumer runs")
    # with each change in its direction, and nothing in the queue that a stopped consumer holds
    counts = [1, *map(int, re.findall(r"to_replicas=(\d+)", log.read_text()))]
    top = counts.index(5)
    assert counts[: top + 1] == sorted(counts[: top + 1])
    assert counts[top:] == sorted(counts[top:], reverse=True)
    eventually(lambda: messages_in_queue(stack) == 0, SECONDS, "nothing is ready or unacked")


def publish_backlog(stack: NativeStack) -> None:
    start = datetime.now(UTC) - timedelta(minutes=30)
    unconfirmed = set(range(1, MESSAGES + 1))
    with closing(ConfirmPublisher(stack.amqp_url("RABBITMQ_SENSOR"), "backlog")) as publisher:
        for index in range(MESSAGES):
            reading = {
                "sensor_id": "backlog",
                "timestamp": (start + timedelta(milliseconds=index)).isoformat(),
                "temperature": 20.5,
            }
            publisher.publish("backlog", str(index), json.dumps(reading).encode())
        while unconfirmed:
            for tag, multiple in publisher.wait(SECONDS):
                unconfirmed -= set(range(1, tag + 1)) if multiple else {tag}


def stored(stack: NativeStack) -> int:
    row: dict[str, Any] = stack.summary().get("backlog", {})
    return int(row.get("readings", 0))


def messages_in_queue(stack: NativeStack) -> int:
    done = stack.run("sensorctl", "status", "--json")
    queue = json.loads(done.stdout)["queue"]
    return int(queue["ready"] + queue["unacked"])

"""The native stack while a part of it hangs or was killed."""

import json
import os
import signal
from contextlib import closing
from typing import Any

import pytest

from native.state import Phase
from tests.e2e.native import NativeStack
from tests.waiting import eventually

# How long anything may take on a machine that has other work.
SECONDS = 120


def test_a_consumer_that_hangs_is_told_as_an_event(stack: NativeStack) -> None:
    # given an operator who hears
    with closing(stack.connection("RABBITMQ_OPERATOR")) as connection:
        channel = connection.channel()
        channel.queue_declare("events.e2e", durable=True)
        channel.queue_bind("events.e2e", "events", "service-stalled.#")
        # when a consumer hangs, and goes on
        hanging = stack.program("pipeline-2")
        assert hanging.pid
        os.kill(hanging.pid, signal.SIGSTOP)
        try:
            firing = next_alert(channel, "events.e2e")
        finally:
            os.kill(hanging.pid, signal.SIGCONT)
        # then its alert fires and is resolved
        assert (firing["status"], firing["labels"]["service"]) == ("firing", "pipeline-2")
        resolved = next_alert(channel, "events.e2e")
        assert (resolved["status"], resolved["fingerprint"]) == ("resolved", firing["fingerprint"])
        channel.queue_delete("events.e2e")


@pytest.mark.parametrize("name", ["pipeline-1", "sensor-2"])
def test_what_is_killed_is_started_again(stack: NativeStack, name: str) -> None:
    before = stack.program(name)
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    eventually(lambda: stack.program(name).restarts == before.restarts + 1, SECONDS, f"{name} started again")
    assert stack.program(name).last_exit_code == -signal.SIGKILL


def test_readings_flow_again_after_the_broker_was_killed(stack: NativeStack) -> None:
    broker = stack.program("rabbitmq")
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    eventually(
        lambda: stack.program("rabbitmq").restarts == broker.restarts + 1, SECONDS, "the broker started again"
    )
    before = stack.summary()["1"]["readings"]
    eventually(lambda: stack.summary()["1"]["readings"] > before + 1, SECONDS, "readings flow again")


def test_a_killed_supervisor_leaves_nothing_that_the_next_up_cannot_end(stack: NativeStack) -> None:
    # given a stack whose supervisor was killed
    orphans = stack.identities()[1:]
    os.kill(stack.state().pid, signal.SIGKILL)
    eventually(lambda: not stack.state().supervisor.is_alive(), SECONDS, "the supervisor is gone")
    assert "not running" in stack.run("native", "status").stdout
    # when it is started again
    said = stack.up(PIPELINES="2")
    # then the orphans were ended first, and everything runs
    assert "left running" in said
    assert not any(orphan.is_alive() for orphan in orphans)
    assert stack.state().phase is Phase.RUNNING


def next_alert(channel: Any, queue: str) -> dict[str, Any]:
    bodies: list[bytes] = []

    def came() -> bool:
        _, _, body = channel.basic_get(queue, auto_ack=True)
        bodies.extend([body] if body else [])
        return bool(bodies)

    eventually(came, SECONDS, "an alert")
    [alert] = json.loads(bodies[0])["alerts"]
    return dict(alert)

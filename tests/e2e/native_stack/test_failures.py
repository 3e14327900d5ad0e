"""The native stack while one of its processes is stalled or was killed."""

import json
import os
import signal
from contextlib import closing
from typing import Any

import pytest

from native.state import Phase
from tests.e2e.native import NativeStack
from tests.waiting import eventually

# The time limit of each step on a busy machine.
SECONDS = 120


def test_a_stalled_consumer_fires_an_alert(stack: NativeStack) -> None:
    # given an operator who subscribes to alerts
    with closing(stack.connection("RABBITMQ_OPERATOR")) as connection:
        channel = connection.channel()
        channel.queue_declare("events.e2e", durable=True)
        channel.queue_bind("events.e2e", "events", "service-stalled.#")
        # when a consumer stalls and resumes
        stalled = stack.program("pipeline-2")
        assert stalled.pid
        os.kill(stalled.pid, signal.SIGSTOP)
        try:
            firing = next_alert(channel, "events.e2e")
        finally:
            os.kill(stalled.pid, signal.SIGCONT)
        # then its alert fires and is resolved
        assert (firing["status"], firing["labels"]["service"]) == ("firing", "pipeline-2")
        resolved = next_alert(channel, "events.e2e")
        assert (resolved["status"], resolved["fingerprint"]) == ("resolved", firing["fingerprint"])
        channel.queue_delete("events.e2e")


@pytest.mark.parametrize("name", ["pipeline-1", "sensor-2"])
def test_a_killed_process_is_restarted(stack: NativeStack, name: str) -> None:
    before = stack.program(name)
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    eventually(lambda: stack.program(name).restarts == before.restarts + 1, SECONDS, f"{name} is restarted")
    assert stack.program(name).last_exit_code == -signal.SIGKILL


def test_a_full_disk_does_not_stop_the_supervisor(stack: NativeStack) -> None:
    # given a state file that cannot be written
    before = stack.program("pipeline-1")
    assert before.pid
    draft = stack.layout.state_file.with_name(f"{stack.layout.state_file.name}.{stack.state().pid}.new")
    draft.mkdir()
    # when a process is killed
    os.kill(before.pid, signal.SIGKILL)
    eventually(
        lambda: "state not written" in stack.layout.supervisor_log.read_text(),
        SECONDS,
        "the failure is logged",
    )
    draft.rmdir()
    # then it is restarted, and the state file says so once it can be written
    eventually(
        lambda: stack.program("pipeline-1").restarts == before.restarts + 1, SECONDS, "it is restarted"
    )


def test_readings_are_stored_again_after_the_broker_was_killed(stack: NativeStack) -> None:
    broker = stack.program("rabbitmq")
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    eventually(
        lambda: stack.program("rabbitmq").restarts == broker.restarts + 1, SECONDS, "the broker is restarted"
    )
    before = stack.summary()["1"]["readings"]
    eventually(lambda: stack.summary()["1"]["readings"] > before + 1, SECONDS, "readings are stored again")


def test_the_next_up_ends_the_processes_of_a_killed_supervisor(stack: NativeStack) -> None:
    # given a stack whose supervisor was killed
    orphans = stack.process_handles()[1:]
    os.kill(stack.state().pid, signal.SIGKILL)
    eventually(lambda: not stack.state().supervisor.is_alive(), SECONDS, "the supervisor has ended")
    assert "not running" in stack.run("native", "status").stdout
    # when the stack is started again
    output = stack.up(PIPELINES="2")
    # then the orphans were terminated first, and everything runs
    assert "left running" in output
    assert not any(orphan.is_alive() for orphan in orphans)
    assert stack.state().phase is Phase.RUNNING


def next_alert(channel: Any, queue: str) -> dict[str, Any]:
    bodies: list[bytes] = []

    def received() -> bool:
        _, _, body = channel.basic_get(queue, auto_ack=True)
        bodies.extend([body] if body else [])
        return bool(bodies)

    eventually(received, SECONDS, "an alert arrives")
    [alert] = json.loads(bodies[0])["alerts"]
    return dict(alert)

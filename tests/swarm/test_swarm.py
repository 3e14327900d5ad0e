"""The stack in a Docker Swarm of two nodes: `make test-swarm` runs this, and nothing else does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.e2e.compose import require_docker
from tests.faults.environment import channel, depth, query
from tests.faults.load import QUEUE
from tests.faults.matrix import select_scenarios
from tests.faults.runner import run_scenario
from tests.faults.swarm import CONSUMER, STACK, SwarmStack, SwarmWorkers, swarm_stack
from tests.modes import SINGLE
from tests.waiting import eventually

SECONDS = 120
MESSAGES = 5000
DRAINED = 38


@pytest.fixture(scope="module")
def stack() -> Iterator[SwarmStack]:
    require_docker()
    with TemporaryDirectory(prefix="sensors-swarm-") as folder, swarm_stack(Path(folder)) as stack:
        yield stack


@pytest.fixture(autouse=True)
def _no_consumer_remains(stack: SwarmStack) -> Iterator[None]:
    yield
    SwarmWorkers(stack).stop()


def test_no_password_is_in_a_specification(stack: SwarmStack) -> None:
    names = stack.manager.docker("service", "ls", "--format", "{{.Name}}").split()
    assert f"{STACK}_pipeline-processor" in names
    for name in names:
        (service,) = json.loads(stack.manager.docker("service", "inspect", name))
        variables = service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Env", [])
        values = dict(variable.partition("=")[::2] for variable in variables)
        passwords = {key for key, value in values.items() if key.endswith(("PASS", "PASSWORD")) and value}
        assert passwords == set(), name


def test_a_second_deployment_changes_nothing(stack: SwarmStack) -> None:
    def tasks() -> dict[str, Any]:
        ids = stack.manager.docker("service", "ls", "--quiet").split()
        specifications = [s["Spec"] for s in json.loads(stack.manager.docker("service", "inspect", *ids))]
        return {specification["Name"]: specification["TaskTemplate"] for specification in specifications}

    before = tasks()
    assert "created the secret" not in stack.deploy()
    assert tasks() == before


def test_an_update_that_fails_is_rolled_back_and_nothing_is_lost(stack: SwarmStack) -> None:
    # given two consumers
    workers = SwarmWorkers(stack)
    workers.scale(2)
    eventually(lambda: depth(stack.amqp_url)[1] == 2, SECONDS, "two consumers consume")
    # when an update sets something that the consumer refuses
    stack.manager.docker("service", "update", "--detach", "--env-add", "BATCH_SIZE=many", CONSUMER)
    # then the previous version comes back, and it never stopped
    eventually(lambda: stack.update_state(CONSUMER) == "rollback_completed", SECONDS, "it is rolled back")
    eventually(lambda: depth(stack.amqp_url)[1] == 2, SECONDS, "two consumers consume")
    assert "BATCH_SIZE=many" not in stack.manager.docker("service", "inspect", CONSUMER)


def test_the_scaler_starts_and_stops_consumers_with_the_backlog(stack: SwarmStack) -> None:
    # given the scaler, which starts the first consumer
    stack.deploy(COMPOSE_PROFILES="scaler")
    eventually(lambda: depth(stack.amqp_url)[1] == 1, SECONDS, "one consumer consumes")
    # when a backlog comes, then five consumers are requested
    publish_backlog(stack)
    eventually(lambda: stack.replicas(CONSUMER) == 5, SECONDS, "five consumers are requested")
    # when it is gone, then one, and nothing is in the queue
    eventually(lambda: stored(stack) == MESSAGES, SECONDS, "the backlog is stored")
    eventually(lambda: stack.replicas(CONSUMER) == 1, SECONDS, "one consumer is requested")
    eventually(lambda: depth(stack.amqp_url) == (0, 1), SECONDS, "one consumer and no message remain")
    eventually(lambda: unacked(stack) == 0, SECONDS, "nothing is unacked")
    log = stack.manager.docker("service", "logs", "--raw", f"{STACK}_scaler")
    assert log.count("to_replicas=5") == 1
    stack.manager.docker("service", "rm", f"{STACK}_scaler")
    # Until it has stopped, it would start a consumer again.
    eventually(lambda: not stack.manager.containers(f"{STACK}_scaler"), SECONDS, "the scaler has stopped")


def test_a_drained_node_loses_nothing(stack: SwarmStack) -> None:
    (row,) = select_scenarios(frozenset({DRAINED}), short=True)
    result = run_scenario(stack, row, SINGLE, seed=DRAINED, short=True, show_progress=print)
    assert result.outcome.passed, result.outcome


def publish_backlog(stack: SwarmStack) -> None:
    start = datetime.now(UTC) - timedelta(minutes=30)
    with channel(stack.amqp_url) as amqp:
        for index in range(MESSAGES):
            reading = {
                "sensor_id": "backlog",
                "timestamp": (start + timedelta(milliseconds=index)).isoformat(),
                "temperature": 20.5,
            }
            amqp.basic_publish("", QUEUE, json.dumps(reading).encode())


def unacked(stack: SwarmStack) -> int:
    listed = stack.rabbitmqctl("list_queues", "name", "messages_unacknowledged")
    return int(dict(line.split("\t") for line in listed.splitlines())[QUEUE])


def stored(stack: SwarmStack) -> int:
    ((count,),) = query(stack.database_url, "SELECT count(*) FROM reading WHERE sensor_id = 'backlog'")
    return int(count)

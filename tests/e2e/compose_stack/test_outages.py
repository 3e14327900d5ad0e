"""The stack under load while one of its services is stopped, restarted or killed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg

from tests.e2e.compose import DEAD_QUEUE, QUEUE, ComposeStack
from tests.e2e.compose_stack.conftest import CONSUMERS
from tests.e2e.load import Load
from tests.e2e.prometheus import Prometheus
from tests.waiting import eventually

# The time limit of each step on a busy machine.
SECONDS = 120
STATUS = ("docker", "compose", "run", "--rm", "-T", "sensorctl", "status", "--json")
NO_GAPS = "no reading of the stack's own sensors is missing"


@contextmanager
def publish_load(stack: ComposeStack, sensor_id: str, rate_per_second: float = 50) -> Iterator[Load]:
    """Publish load while the block runs; every confirmed reading must be stored afterwards."""
    with Load(stack.amqp_url, QUEUE, rate_per_second, sensor_id) as load:
        wait_for_fifty_confirms(load)
        yield load
    eventually(
        lambda: load.confirmed <= stack.stored(sensor_id), SECONDS, "every confirmed reading is stored"
    )
    eventually(lambda: is_settled(stack), SECONDS, "the queue is empty")


def wait_for_fifty_confirms(load: Load) -> None:
    before = len(load.confirmed) + 50
    eventually(lambda: len(load.confirmed) > before, SECONDS, "the load is confirmed")


def test_the_database_stopped_under_load_until_the_alert_fires(
    stack: ComposeStack, prometheus: Prometheus
) -> None:
    dead = stack.ready(DEAD_QUEUE)
    eventually(lambda: prometheus.alert("DatabaseDown") is None, SECONDS, "no earlier alert is pending")
    with publish_load(stack, "pg-stop"):
        # when the database is stopped
        before = datetime.now(UTC)
        stack.compose("stop", "postgres")
        eventually(lambda: stack.ready() > 200, SECONDS, "the backlog is ready")
        # then no consumer holds more than one message, and none is ready
        assert stack.unacked() <= CONSUMERS, "at most one message per consumer is unacked"
        eventually(lambda: are_live_but_not_ready(stack), SECONDS, "every consumer is live but not ready")
        problems = eventually(
            partial(problems_of_both, stack), SECONDS, "status and dashboard report the problem"
        )
        # then status and dashboard report when it started, and the same when the alert fires
        for problem in problems:
            assert before < datetime.fromisoformat(problem["started_at"]) < datetime.now(UTC), problem
            assert problem["hint"]
        alert = eventually(lambda: prometheus.firing("DatabaseDown"), SECONDS, "the alert fires")
        assert before < datetime.fromisoformat(alert["activeAt"]) < datetime.now(UTC)
        for first, later in zip(problems, problems_of_both(stack), strict=True):
            assert datetime.fromisoformat(later["started_at"]) <= datetime.fromisoformat(first["started_at"])
        # when the database is started again
        stack.compose("start", "postgres")
        eventually(lambda: database_responds(stack), SECONDS, "the database responds")
    # then nothing is lost or dead-lettered, and the problem is no longer reported
    eventually(lambda: prometheus.alert("DatabaseDown") is None, SECONDS, "the alert is resolved")
    eventually(lambda: not shown_database_problems(stack), SECONDS, "the dashboard shows no problem")
    eventually(lambda: not reported_database_problems(stack), SECONDS, "status reports no problem")
    assert stack.ready(DEAD_QUEUE) == dead


def test_the_broker_restarted_under_load_loses_nothing(stack: ComposeStack) -> None:
    dead = stack.ready(DEAD_QUEUE)
    with publish_load(stack, "mq-restart") as load:
        stack.compose("restart", "rabbitmq")
        wait_for_fifty_confirms(load)
    # A broker reports an idle queue as empty for some seconds after its start.
    eventually(lambda: stack.ready(DEAD_QUEUE) >= dead, SECONDS, "the dead letters are in the queue")
    assert stack.ready(DEAD_QUEUE) == dead
    eventually(lambda: gaps(stack) == [], SECONDS, NO_GAPS)


def test_consumers_killed_under_load_lose_nothing(stack: ComposeStack) -> None:
    with publish_load(stack, "kill", rate_per_second=100) as load:
        for container in stack.containers("pipeline-processor"):
            wait_for_fifty_confirms(load)
            stack.run("docker", "kill", container["Id"])
            stack.run("docker", "start", container["Id"])


def test_stopped_consumers_exit_with_0_and_leave_nothing_unacked(stack: ComposeStack) -> None:
    # A consumer that still starts, as after the previous test, would be terminated by the signal.
    eventually(lambda: are_ready(stack), SECONDS, "every consumer is ready")
    with publish_load(stack, "stop", rate_per_second=100):
        stack.compose("stop", "pipeline-processor")
        exit_codes = [c["State"]["ExitCode"] for c in stack.containers("pipeline-processor")]
        eventually(lambda: stack.unacked() == 0, SECONDS, "no message is unacked")
        stack.compose("start", "pipeline-processor")
    assert exit_codes == [0] * CONSUMERS


def is_settled(stack: ComposeStack) -> bool:
    try:
        return stack.unacked() == 0 and stack.ready() <= 2
    except (KeyError, OSError):  # the management API starts after the broker
        return False


def database_responds(stack: ComposeStack) -> bool:
    try:
        return stack.query("SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def problems_of_both(stack: ComposeStack) -> list[dict[str, Any]]:
    """Return the problem of the database as shown by the dashboard and reported by the status, or nothing.

    The status starts a container, so it is not run before the dashboard shows the problem.
    """
    shown = shown_database_problems(stack)
    reported = reported_database_problems(stack) if shown else []
    return [*shown, *reported] if len(shown) == len(reported) == 1 else []


def shown_database_problems(stack: ComposeStack) -> list[dict[str, Any]]:
    return database_problems(stack.get_from_dashboard("/api/overview"))


def reported_database_problems(stack: ComposeStack) -> list[dict[str, Any]]:
    return database_problems(json.loads(stack.run_unchecked(*STATUS).stdout))  # it fails while there is one


def database_problems(status: dict[str, Any]) -> list[dict[str, Any]]:
    return [problem for problem in status["problems"] if problem["kind"] == "database-down"]


def are_ready(stack: ComposeStack) -> bool:
    """Return whether every consumer is ready; the first that is not spares the probes of the others."""
    consumers = stack.containers("pipeline-processor")
    return len(consumers) == CONSUMERS and all(responds(stack, each, "/readyz") for each in consumers)


def are_live_but_not_ready(stack: ComposeStack) -> bool:
    """Return whether every consumer is live but not ready."""
    consumers = stack.containers("pipeline-processor")
    return len(consumers) == CONSUMERS and all(
        not responds(stack, each, "/readyz") and responds(stack, each, "/livez") for each in consumers
    )


def responds(stack: ComposeStack, consumer: dict[str, Any], path: str) -> bool:
    """Return whether the consumer's health server responds to the path with success."""
    return stack.succeeds("docker", "exec", consumer["Id"], "python", "-m", "runtime.probe", path)


def gaps(stack: ComposeStack) -> list[tuple[Any, ...]]:
    """Return the runs of the stack's own sensors whose sequences have gaps."""
    return stack.query(
        "SELECT sensor_id, run_id, max(sequence) - count(*) FROM reading "
        "WHERE run_id IS NOT NULL GROUP BY 1, 2 HAVING max(sequence) <> count(*)"
    )

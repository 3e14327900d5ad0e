"""The stack under load while a part of it is stopped, restarted or killed."""

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

# How long anything may take on a machine that has other work.
SECONDS = 120
STATUS = ("docker", "compose", "run", "--rm", "-T", "sensorctl", "status", "--json")
STALLED = "readings of the stack's own sensors are missing"


@contextmanager
def load_on(stack: ComposeStack, sensor_id: str, rate_per_second: float = 50) -> Iterator[Load]:
    """A load while the block runs; everything that it was confirmed must be stored in the end."""
    with Load(stack.amqp_url, QUEUE, rate_per_second, sensor_id) as load:
        confirms_another_fifty(load)
        yield load
    eventually(
        lambda: load.confirmed <= stack.stored(sensor_id), SECONDS, "confirmed readings are not stored"
    )
    eventually(lambda: is_settled(stack), SECONDS, "the queue did not drain")


def confirms_another_fifty(load: Load) -> None:
    wanted = len(load.confirmed) + 50
    eventually(lambda: len(load.confirmed) > wanted, SECONDS, "the load is not confirmed")


def test_postgres_stopped_under_load_until_the_alert_fires(
    stack: ComposeStack, prometheus: Prometheus
) -> None:
    dead = stack.ready(DEAD_QUEUE)
    eventually(lambda: prometheus.alert("DatabaseDown") is None, SECONDS, "it is pending from before")
    with load_on(stack, "pg-stop"):
        # when the database is stopped
        before = datetime.now(UTC)
        stack.compose("stop", "postgres")
        eventually(lambda: stack.ready() > 200, SECONDS, "the backlog does not show as Ready")
        # then no consumer holds more than one message, and each says what it misses
        assert stack.unacked() <= CONSUMERS, "more than one a consumer is held"
        eventually(lambda: live_but_not_ready(stack) == CONSUMERS, SECONDS, "not every consumer tells it")
        told = eventually(partial(told_by_both, stack), SECONDS, "one of both is silent")
        # then status and dashboard tell since when, and still say the same when the alert fires
        for problem in told:
            assert before < datetime.fromisoformat(problem["started_at"]) < datetime.now(UTC), problem
            assert problem["hint"]
        alert = eventually(lambda: prometheus.firing("DatabaseDown"), SECONDS, "it does not fire")
        assert before < datetime.fromisoformat(alert["activeAt"]) < datetime.now(UTC)
        for first, later in zip(told, told_by_both(stack), strict=True):
            assert datetime.fromisoformat(later["since"]) <= datetime.fromisoformat(first["since"])
        # when it is started again
        stack.compose("start", "postgres")
        eventually(lambda: reachable(stack), SECONDS, "postgres did not come back")
    # then nothing is lost or dead, and nobody tells of it any more
    eventually(lambda: prometheus.alert("DatabaseDown") is None, SECONDS, "the alert stays")
    eventually(lambda: not database_away(stack), SECONDS, "the problem is still told")
    assert stack.ready(DEAD_QUEUE) == dead


def test_the_broker_restarted_under_load(stack: ComposeStack) -> None:
    dead = stack.ready(DEAD_QUEUE)
    with load_on(stack, "mq-restart") as load:
        stack.compose("restart", "rabbitmq")
        confirms_another_fifty(load)
    # A broker that was just started counts an idle queue as empty for some seconds.
    eventually(lambda: stack.ready(DEAD_QUEUE) >= dead, SECONDS, "dead letters are lost")
    assert stack.ready(DEAD_QUEUE) == dead
    eventually(lambda: gaps(stack) == [], SECONDS, STALLED)


def test_a_consumer_killed_under_load(stack: ComposeStack) -> None:
    with load_on(stack, "kill", rate_per_second=100) as load:
        for container in stack.containers("pipeline-processor"):
            confirms_another_fifty(load)
            stack.run("docker", "kill", container["Id"])
            stack.run("docker", "start", container["Id"])


def test_stopped_consumers_end_well_and_leave_nothing_unacked(stack: ComposeStack) -> None:
    with load_on(stack, "stop", rate_per_second=100):
        stack.compose("stop", "pipeline-processor")
        assert [c["State"]["ExitCode"] for c in stack.containers("pipeline-processor")] == [0] * CONSUMERS
        eventually(lambda: stack.unacked() == 0, SECONDS, "messages stay unacked")
        stack.compose("start", "pipeline-processor")


def is_settled(stack: ComposeStack) -> bool:
    try:
        return stack.unacked() == 0 and stack.ready() <= 2
    except (KeyError, OSError):  # the management API comes later than the broker itself
        return False


def reachable(stack: ComposeStack) -> bool:
    try:
        return stack.query("SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def told_by_both(stack: ComposeStack) -> list[dict[str, Any]]:
    told = database_away(stack)
    return told if len(told) == 2 else []


def database_away(stack: ComposeStack) -> list[dict[str, Any]]:
    """What the dashboard and the status say of it, each once."""
    status = stack.attempt(*STATUS).stdout  # it fails while something is wrong
    overviews = [stack.ask_dashboard("/api/overview"), json.loads(status)]
    return [one for overview in overviews for one in overview["problems"] if one["kind"] == "database-down"]


def live_but_not_ready(stack: ComposeStack) -> int:
    """How many consumers say of themselves that they are alive and that something is missing."""
    live, ready = (("python", "-m", "runtime.probe", path) for path in ("/livez", "/readyz"))
    commands = [("docker", "exec", container["Id"]) for container in stack.containers("pipeline-processor")]
    return sum(stack.succeeds(*c, *live) and not stack.succeeds(*c, *ready) for c in commands)


def gaps(stack: ComposeStack) -> list[tuple[Any, ...]]:
    """Runs of the stack's own sensors whose sequences have holes."""
    return stack.query(
        "SELECT sensor_id, run_id, max(sequence) - count(*) FROM reading "
        "WHERE run_id IS NOT NULL GROUP BY 1, 2 HAVING max(sequence) <> count(*)"
    )

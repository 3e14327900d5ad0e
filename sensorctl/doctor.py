"""Checks everything that the pipeline stands on; each answer is ok or what to do."""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from db.migrate import current_version, newest_version
from db.queries.summary import Summary
from messaging.management.admin import open_channel
from messaging.management.client import DELIVERY_LIMIT, Management
from messaging.topology import Topology
from monitoring.outages import problem_kind
from monitoring.problems import ProblemKind
from runtime.errors import ServiceUnavailable
from sensorctl.settings import OperatorSettings

CLOCK_TOLERANCE_SECONDS = 2.0


class CheckResult(NamedTuple):
    """One line of the report; without advice it is ok."""

    what: str
    found: str
    advice: str | None = None


def examine(settings: OperatorSettings) -> Iterator[CheckResult]:
    """Every finding, in the order of the flow; a check that cannot be made says why."""
    for what, check in CHECKS:
        try:
            yield check(settings)
        except ServiceUnavailable as error:
            yield CheckResult(what, f"{problem_kind(error)}: {error}", ADVICE[what])


def _variables(settings: OperatorSettings) -> CheckResult:
    broker = "RABBITMQ_URL" if settings.rabbitmq_url else f"{settings.rabbitmq_host}:{settings.rabbitmq_port}"
    database = (
        "DATABASE_URL" if settings.database_url else f"{settings.postgres_host}:{settings.postgres_port}"
    )
    return CheckResult(
        "variables", f"broker at {broker}, database at {database}, queue {settings.queue_name}"
    )


def _broker(settings: OperatorSettings) -> CheckResult:
    with open_channel(settings) as channel:
        channel.exchange_declare("sensors", passive=True)
    return CheckResult("broker", "answers, and has the exchange sensors")


def _queue(settings: OperatorSettings) -> CheckResult:
    topology = Topology(settings.queue_name)
    management = Management(settings)
    queue, dead = management.queue(topology.queue), management.queue(topology.dead_queue)
    if queue is None or dead is None:
        missing = topology.queue if queue is None else topology.dead_queue
        return CheckResult("queue", f"{missing} is not there", "run `sensorctl setup`")
    problem = "" if queue.get("consumers") else f"{ProblemKind.NO_CONSUMERS}: "
    return CheckResult("queue", problem + _declared(queue, dead), _queue_advice(queue))


def _declared(queue: dict[str, Any], dead: dict[str, Any]) -> str:
    arguments = {name: value for name, value in queue["arguments"].items() if name != "x-queue-type"}
    durable = "durable" if queue["durable"] else "not durable"
    return (
        f"{queue['name']}: {queue.get('type', 'classic')}, {durable}, "
        f"arguments {arguments or 'none'}, {queue.get('messages', 0)} messages, "
        f"{queue.get('consumers', 0)} consumers; {dead.get('messages', 0)} dead"
    )


def _queue_advice(queue: dict[str, Any]) -> str | None:
    if not queue["durable"]:
        return "the queue does not survive a restart of the broker: delete it and run `sensorctl setup`"
    if set(queue["arguments"]) - {"x-queue-type"}:
        return "simple clients cannot declare a queue with arguments: delete it and run `sensorctl setup`"
    if not queue.get("consumers"):
        return "nothing consumes the queue: start a pipeline"
    return None


def _policy(settings: OperatorSettings) -> CheckResult:
    policy = Management(settings).policy(Topology(settings.queue_name))
    if policy is None:
        return CheckResult("delivery limit", "no policy keeps messages above it", "run `sensorctl setup`")
    limit = policy["definition"].get("delivery-limit", DELIVERY_LIMIT)
    return CheckResult("delivery limit", f"{limit}, then the dead queue")


def _database(settings: OperatorSettings) -> CheckResult:
    summary = Summary(settings)
    try:
        return CheckResult("database", f"answers, PostgreSQL {summary.server_version()}")
    finally:
        summary.close()


def _schema(settings: OperatorSettings) -> CheckResult:
    current, newest = current_version(settings), newest_version()
    advice = None if current == newest else "run `sensorctl setup`"
    return CheckResult("schema", f"version {current or 'none'}, newest {newest}", advice)


def _clock(settings: OperatorSettings) -> CheckResult:
    summary = Summary(settings)
    try:
        before = time.time()
        server = summary.server_time()
        apart = server - (before + time.time()) / 2
    finally:
        summary.close()
    advice = None if abs(apart) <= CLOCK_TOLERANCE_SECONDS else "let both machines follow a time server (NTP)"
    return CheckResult("clock", f"the database's is {apart:+.3f} s from this machine's", advice)


CHECKS: tuple[tuple[str, Callable[[OperatorSettings], CheckResult]], ...] = (
    ("variables", _variables),
    ("broker", _broker),
    ("queue", _queue),
    ("delivery limit", _policy),
    ("database", _database),
    ("schema", _schema),
    ("clock", _clock),
)
ADVICE = {
    "broker": "is the broker running, and are host, user and password right?",
    "queue": "set RABBITMQ_MANAGEMENT_URL, and give the user the tag `monitoring`",
    "delivery limit": "set RABBITMQ_MANAGEMENT_URL, and run `sensorctl setup` as an administrator",
    "database": "is PostgreSQL running, and are host, user and password right?",
    "schema": "is PostgreSQL running, and are host, user and password right?",
    "clock": "is PostgreSQL running, and are host, user and password right?",
}

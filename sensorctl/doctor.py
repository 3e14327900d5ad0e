"""Check what the pipeline depends on, from the variables to the workflows."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from db.engine import database_url
from db.errors import StoreTimeout
from db.hosts import find_addresses
from db.queries.server import Server
from db.queries.summary import Summary
from messaging.amqp.hosts import host_addresses
from messaging.errors import BrokerUnavailable, TopologyMissing
from messaging.management.admin import open_channel
from messaging.management.client import (
    Management,
    ManagementRefused,
    ManagementUnavailable,
    StatisticsMissing,
)
from messaging.management.limits import drop_risks
from messaging.management.policies import DELIVERY_LIMIT
from messaging.topology import ALTERNATE_EXCHANGES, EXCHANGE, Topology
from monitoring.discovery import build_discoveries
from monitoring.outages import problem_kind
from monitoring.problems import ProblemKind
from monitoring.queue_counts import QueueCounts, count_queues
from monitoring.queue_limit_rules import LIMITS_HINT
from runtime.errors import ServiceUnavailable
from runtime.text import quantity
from sensorctl.broker_checks import BROKER_CHECKS
from sensorctl.checks import SETUP_HINT, Check, CheckResult, check_results_table
from sensorctl.consumer_checks import check_consumers
from sensorctl.database_checks import DATABASE_CHECKS
from sensorctl.output import fail, show
from sensorctl.settings import OperatorSettings, discover_settings
from sensorctl.time_shifts import AHEAD_HINT, TIME_SHIFT_HINT, describe_readings_ahead, describe_time_shifts
from sensorctl.workflows.workers import check_workflows

TOPOLOGY_HINT = f"{SETUP_HINT}, or start a consumer"
MANAGEMENT_HINT = "is the broker running with its management plugin, and is RABBITMQ_MANAGEMENT_URL correct?"
MANAGEMENT_REFUSED_HINT = (
    f"are user and password correct? The user needs the tag `monitoring`: {SETUP_HINT} as an administrator"
)
NEW_QUEUE_HINT = f"check again in ten seconds; if it has no policy then, {SETUP_HINT}"
ANALYSIS_HINT = "start the service `analysis` (`make up`); if it runs, its log says what it waits for"
MQTT_RULE = (
    "a device that logs in as `sensor` may publish to sensors/<id>/temperature only: "
    "the broker disconnects it for another topic and for SUBSCRIBE"
)


def doctor() -> None:
    """Check variables, broker, nodes, queues, policies, database, backup, schema, clock, consumers.

    Each line is ok, or a hint follows: one for all successive lines that share it. The exit code is 1 if a
    check fails.
    """
    results = list(run_checks(discover_settings()))
    show(check_results_table(results))
    if any(result.hint for result in results):
        fail()


def run_checks(settings: OperatorSettings) -> Iterator[CheckResult]:
    """Run every check, in the order of the data flow; a check that cannot be made reports the reason."""
    for name, check in CHECKS:
        yield run_check(name, check, settings)


def run_check(name: str, check: Check, settings: OperatorSettings) -> CheckResult:
    """Run a check; one that cannot be made fails, with the reason."""
    try:
        return check(settings)
    except ServiceUnavailable as error:
        return CheckResult(name, f"{problem_kind(error)}: {error}", _hint(error))


def _hint(error: ServiceUnavailable) -> str:
    """Return what to do if a check cannot be made."""
    match error:
        case ManagementRefused():
            return MANAGEMENT_REFUSED_HINT
        case ManagementUnavailable():
            return MANAGEMENT_HINT
        case TopologyMissing():
            return TOPOLOGY_HINT
        case BrokerUnavailable():
            return "is the broker running, and are host, user and password correct?"
        case StoreTimeout():
            return "check the load of the database's machine, and pg_stat_activity for long queries and locks"
    return "is PostgreSQL running, and are host, user and password correct?"


def _check_variables(settings: OperatorSettings) -> CheckResult:
    broker = "RABBITMQ_URL" if settings.rabbitmq_url else ", ".join(host_addresses(settings.amqp_url))
    addresses = ", ".join(map(str, find_addresses(database_url(settings))))
    database = "DATABASE_URL" if settings.database_url else addresses
    return CheckResult(
        "variables", f"broker at {broker}, database at {database}, queue {settings.queue_name}"
    )


def _check_broker(settings: OperatorSettings) -> CheckResult:
    try:
        with open_channel(settings) as channel:
            channel.exchange_declare(EXCHANGE, passive=True)
    except TopologyMissing:
        status = f"responds, but the topology is missing: there is no exchange {EXCHANGE}"
        return CheckResult("broker", status, TOPOLOGY_HINT)
    return CheckResult("broker", f"responds, and has the exchange {EXCHANGE}")


def _check_queue(settings: OperatorSettings) -> CheckResult:
    topology = Topology(settings.queue_name)
    management = Management(settings)
    queue, dead_queue = management.queue(topology.queue), management.queue(topology.dead_queue)
    if queue is None or dead_queue is None:
        missing = topology.queue if queue is None else topology.dead_queue
        return CheckResult("queue", f"{missing} does not exist", TOPOLOGY_HINT)
    # The management API's counts are up to ten seconds old, and a new queue has none.
    with open_channel(settings) as channel:
        counts = count_queues(channel, topology)
    problem = "" if counts.consumers else f"{ProblemKind.NO_CONSUMERS}: "
    return CheckResult("queue", problem + _queue_status(queue, counts), _queue_hint(queue, counts))


def _queue_status(queue: dict[str, Any], counts: QueueCounts) -> str:
    arguments = {name: value for name, value in queue["arguments"].items() if name != "x-queue-type"}
    durable = "durable" if queue["durable"] else "not durable"
    return (
        f"{queue['name']}: {queue.get('type', 'classic')}, {durable}, "
        f"arguments {arguments or 'none'}, {quantity(counts.ready, 'message')} ready, "
        f"{quantity(counts.consumers, 'consumer')}, {quantity(counts.dead_letters, 'dead letter')}"
    )


def _queue_hint(queue: dict[str, Any], counts: QueueCounts) -> str | None:
    if not queue["durable"]:
        return f"the queue does not survive a restart of the broker: delete it and {SETUP_HINT}"
    if set(queue["arguments"]) - {"x-queue-type"}:
        return f"simple clients cannot declare a queue with arguments: delete it and {SETUP_HINT}"
    if not counts.consumers:
        return "no consumer is connected: start one (`make up`); if one runs, its log says what it waits for"
    return None


def _check_delivery_limit(settings: OperatorSettings) -> CheckResult:
    try:
        policy = Management(settings).policy(Topology(settings.queue_name))
    except StatisticsMissing:
        status = "not known yet: the queue is new, and the broker has no statistics of it"
        return CheckResult("delivery limit", status, NEW_QUEUE_HINT)
    if policy is None:
        status = "no policy: a message over the broker's limit is dropped"
        return CheckResult("delivery limit", status, SETUP_HINT)
    limit = policy["definition"].get("delivery-limit", DELIVERY_LIMIT)
    return CheckResult("delivery limit", f"{limit}, then the message is dead-lettered")


def _check_drops(settings: OperatorSettings) -> CheckResult:
    topology, management = Topology(settings.queue_name), Management(settings)
    risks = []
    for name in (topology.queue, topology.dead_queue):
        queue = management.queue(name)
        if queue is None:
            return CheckResult("limits", f"{name} does not exist", TOPOLOGY_HINT)
        risks += [f"{name}: {risk}" for risk in drop_risks(queue, dead_letter_queue=topology.dead_queue)]
    if risks:
        return CheckResult("limits", "; ".join(risks), LIMITS_HINT)
    return CheckResult("limits", "no argument or policy lets the broker drop a message")


def _check_routing(settings: OperatorSettings) -> CheckResult:
    management = Management(settings)
    found = {name: management.has_alternate_exchange(name) for name in ALTERNATE_EXCHANGES}
    missing = [name for name, has_alternate in found.items() if has_alternate is False]
    if missing:
        status = f"a message with a wrong routing key is lost: {', '.join(missing)} has no alternate exchange"
        return CheckResult("routing", status, SETUP_HINT)
    if unknown := [name for name, has_alternate in found.items() if has_alternate is None]:
        status = f"another policy applies to {', '.join(unknown)}: see that it sets the alternate exchange"
        return CheckResult("routing", status)
    return CheckResult("routing", f"messages that no queue takes are dead-lettered; {MQTT_RULE}")


def _check_sensor_times(settings: OperatorSettings) -> CheckResult:
    with closing(Summary(settings)) as summary:
        shifts, ahead = summary.time_shifts(), summary.readings_ahead()
    if ahead:
        return CheckResult("sensor times", describe_readings_ahead(ahead), AHEAD_HINT)
    if shifts:
        return CheckResult("sensor times", describe_time_shifts(shifts), TIME_SHIFT_HINT)
    status = "no sensor's times are whole hours behind their arrival, or ahead of the clock"
    return CheckResult("sensor times", status)


def _check_analysis(settings: OperatorSettings) -> CheckResult:
    with closing(Server(settings)) as server:
        if server.is_analysed():
            return CheckResult("analysis", "a process analyses the stored readings")
    discoveries = build_discoveries(settings.services)
    names = [target.name for discovery in discoveries for target in discovery.discover_targets()]
    is_configured = any(name.startswith("analysis") for name in names)
    status = "no process analyses the stored readings, so no anomalies are found"
    return CheckResult("analysis", status, ANALYSIS_HINT if is_configured else None)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("variables", _check_variables),
    ("broker", _check_broker),
    *BROKER_CHECKS,
    ("queue", _check_queue),
    ("delivery limit", _check_delivery_limit),
    ("limits", _check_drops),
    ("routing", _check_routing),
    *DATABASE_CHECKS,
    ("consumers", check_consumers),
    ("sensor times", _check_sensor_times),
    ("analysis", _check_analysis),
    ("workflows", check_workflows),
)

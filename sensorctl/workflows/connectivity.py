"""Checks that everything a workflow needs can be reached: broker, database, services, workers, queues."""

from collections.abc import Iterator

from jobs.kinds import JOB_KINDS
from messaging.management.admin import open_channel
from messaging.management.client import Management
from messaging.management.ping import ALL_WORKERS
from messaging.topology import CONTROL_EXCHANGE, EVENTS_EXCHANGE, job_queue
from monitoring.discovery import build_discoveries
from monitoring.model import Health
from monitoring.services import ServiceProbe
from runtime.text import escape_unprintable, quantity
from sensorctl.checks import SETUP_HINT, Check, CheckResult
from sensorctl.doctor import CHECKS, run_check
from sensorctl.settings import OperatorSettings
from sensorctl.workflows.options import reader
from sensorctl.workflows.pings import ping_once
from sensorctl.workflows.workers import LOG_HINT, START_HINT, describe_workers, seen_workers

PING_SECONDS = 2.0
# Of `sensorctl doctor`, in its order.
SERVER_CHECKS = frozenset({"broker", "queue", "database", "schema"})


def check_connectivity(settings: OperatorSettings) -> Iterator[CheckResult]:
    """Run every check, in the order of the data flow; one that cannot be made reports the reason."""
    for name, check in CHECKS:
        if name in SERVER_CHECKS:
            yield run_check(name, check, settings)
    for name, check in WORKFLOW_CHECKS:
        yield run_check(name, check, settings)
    yield from _check_services(settings)


def check_workers(_: OperatorSettings) -> CheckResult:
    """Check that a worker has reported to the database within the last seconds."""
    with reader() as queries:
        rows = queries.workers()
    seen = seen_workers(rows)
    if seen:
        return CheckResult("workers", escape_unprintable(describe_workers(seen)))
    last = max((row["seen_at"] for row in rows), default=None)
    status = (
        "no worker has ever reported" if last is None else f"no worker since {last:%Y-%m-%d %H:%M:%S} UTC"
    )
    return CheckResult("workers", status, f"no job is run: {START_HINT}; if a worker runs, {LOG_HINT}")


def _check_management(settings: OperatorSettings) -> CheckResult:
    return CheckResult("management", f"responds, RabbitMQ {Management(settings).version()}")


def _check_exchanges(settings: OperatorSettings) -> CheckResult:
    with open_channel(settings) as channel:
        for exchange in (CONTROL_EXCHANGE, EVENTS_EXCHANGE):
            channel.exchange_declare(exchange, passive=True)
    return CheckResult("exchanges", f"{CONTROL_EXCHANGE} and {EVENTS_EXCHANGE} exist")


def _check_queues(settings: OperatorSettings) -> CheckResult:
    management = Management(settings)
    found = {name: management.queue(name) for name in map(job_queue, JOB_KINDS)}
    missing = [name for name, queue in found.items() if queue is None]
    if missing:
        status = f"{', '.join(missing)} does not exist: jobs start up to ten seconds later"
        return CheckResult("job queues", status, SETUP_HINT)
    tickets = sum((queue or {}).get("messages", 0) for queue in found.values())
    return CheckResult("job queues", f"{', '.join(found)} exist, {quantity(tickets, 'ticket')}")


def _check_ping(settings: OperatorSettings) -> CheckResult:
    with reader() as queries:
        seen = {row["name"] for row in seen_workers(queries.workers())}
    answers = ping_once(settings, ALL_WORKERS, PING_SECONDS, len(seen))
    silent = sorted(seen - {answer.worker for answer in answers})
    if silent:
        status = escape_unprintable(f"no answer from {', '.join(silent)} in {PING_SECONDS:g} s")
        return CheckResult("ping", status, f"is it connected to the broker? {LOG_HINT}")
    if not answers:
        return CheckResult("ping", f"no worker answered in {PING_SECONDS:g} s", START_HINT)
    times = ", ".join(f"{answer.worker} {answer.seconds * 1000:.0f} ms" for answer in answers)
    return CheckResult("ping", escape_unprintable(times))


def _check_services(settings: OperatorSettings) -> Iterator[CheckResult]:
    discoveries = build_discoveries(settings.services)
    if not discoveries:
        yield CheckResult("services", "SERVICES is empty, so none is probed")
    probe = ServiceProbe()
    try:
        for discovery in discoveries:
            for target in discovery.discover_targets():
                service = probe(target).service
                is_ready = service.health is Health.READY
                reason = f"{service.health}: {service.reason}" if service.reason else str(service.health)
                hint = None if is_ready else f"start it (`make up`); if it runs, {LOG_HINT}"
                yield CheckResult(service.name, escape_unprintable(reason), hint)
    finally:
        probe.close()


WORKFLOW_CHECKS: tuple[tuple[str, Check], ...] = (
    ("management", _check_management),
    ("exchanges", _check_exchanges),
    ("job queues", _check_queues),
    ("workers", check_workers),
    ("ping", _check_ping),
)

"""The rules for the broker, the database, the services and the queue."""

from collections.abc import Iterator
from datetime import datetime

from monitoring.backlog import HISTORY_SECONDS, STEP_SECONDS
from monitoring.model import Health, Problem, Queue
from monitoring.observation import Observation
from monitoring.problems import ProblemKind
from monitoring.services import ServiceReport
from monitoring.thresholds import BACKLOG_AGE, BACKLOG_MESSAGES, BATCH_MODE, STARTUP_GRACE
from runtime.text import quantity

BROKER, DATABASE = "broker", "database"
# A backlog is over below this share of its thresholds, so that it does not flap.
BACKLOG_HYSTERESIS = 0.5


def broker_problems(observation: Observation) -> Iterator[Problem]:
    """Find a broker, or only a management API, that is down."""
    outages, error = observation.outages(BROKER), observation.broker_error
    if error and observation.management_is_refused and not outages:
        yield _management_refused(error)
    elif observation.connected(BROKER) or (observation.broker_responds and not outages):
        if error:
            yield _management_api_down(error)
    elif outages:
        contrast = "" if error else ", though its management API responds"
        yield Problem(
            kind=ProblemKind.BROKER_DOWN,
            subject=BROKER,
            started_at=min(outage.since for outage in outages),
            message=f"No service can reach the broker{contrast}: {outages[0].reason}.",
            hint="Start the broker (`make up`), or check the free space of its disk, and its log for whom "
            "it refuses and what blocks publishers, such as a memory or disk alarm. The sensors keep their "
            "readings meanwhile.",
        )
    elif error:
        yield Problem(
            kind=ProblemKind.BROKER_DOWN,
            subject=BROKER,
            started_at=None,
            message=f"The broker's management API does not respond: {error}.",
            hint="Start the broker (`make up`). The sensors keep their readings and send them later.",
        )


def _management_api_down(error: str) -> Problem:
    return Problem(
        kind=ProblemKind.MANAGEMENT_API_DOWN,
        subject="management API",
        started_at=None,
        message=f"The broker's management API does not respond here, though the broker does: {error}.",
        hint="The broker may be stalled: check its log. Otherwise set RABBITMQ_MANAGEMENT_URL, and give the "
        "user the tag `monitoring`; `sensorctl doctor` checks both.",
    )


def _management_refused(error: str) -> Problem:
    return Problem(
        kind=ProblemKind.MANAGEMENT_API_DOWN,
        subject="management API",
        started_at=None,
        message=f"The broker's management API refuses this user: {error}.",
        hint="Check RABBITMQ_USER and RABBITMQ_PASS; the user needs the tag `monitoring`, which `sensorctl "
        "setup` gives it.",
    )


def service_problems(observation: Observation) -> Iterator[Problem]:
    """Find services that are not healthy, unless one of the broker or the database explains it."""
    explained = {
        dependency
        for dependency in (BROKER, DATABASE)
        if observation.outages(dependency) and not observation.connected(dependency)
    }
    if observation.cluster and observation.cluster.has_alarm:  # it blocks those that publish, and no others
        explained.add(BROKER)
    for report in observation.reports:
        if found := _service_problem(report, explained):
            kind, message, hint = found
            service = report.service
            yield Problem(
                kind=kind, subject=service.name, started_at=service.health_since, message=message, hint=hint
            )


def _service_problem(report: ServiceReport, explained: set[str]) -> tuple[ProblemKind, str, str] | None:
    """Return kind, message and hint."""
    name, health = report.service.name, report.service.health
    reason = (report.service.reason or "").removesuffix(".")  # that of the dashboard is a message
    down = {dependency for dependency, state in report.dependencies.items() if state.reason is not None}
    if health is Health.DOWN:
        hint = "Start it (`make up`); if it exits again, its log says why (`make logs`)."
        return ProblemKind.SERVICE_DOWN, f"{name} does not respond: {reason}.", hint
    if health is Health.STALLED:
        hint = (
            "After three minutes it terminates itself and is restarted, and its log shows where it stalled; "
            "if it does not, restart it."
        )
        return ProblemKind.SERVICE_STALLED, f"{name} is stalled: {reason}.", hint
    if down - explained:
        hint = (
            "Check its log: its user, password or network may differ from the others', or the broker blocks "
            "publishers."
        )
        return ProblemKind.SERVICE_NOT_READY, f"{name} is not ready, though others are: {reason}.", hint
    return None


def queue_problems(observation: Observation, *, had_backlog: bool) -> Iterator[Problem]:
    """Find a queue without consumers, or with a backlog; `had_backlog`: the last collection found one."""
    queue = observation.queue
    if queue is None:
        if observation.broker_error is None:
            yield Problem(
                kind=ProblemKind.NO_CONSUMERS,
                subject=observation.queue_name,
                started_at=None,
                message=f"The queue {observation.queue_name} does not exist.",
                hint="Run `sensorctl setup`, or `make up`; a consumer declares the queue too.",
            )
    elif queue.consumers == 0 and not _consumers_are_starting(observation):
        yield Problem(
            kind=ProblemKind.NO_CONSUMERS,
            subject=queue.name,
            started_at=observation.last_arrival() if queue.ready else None,
            message=f"The queue {queue.name} has no consumers and {quantity(queue.ready, 'ready message')}.",
            hint="Start a consumer (`make up`); if one is running, its log says what it waits for.",
        )
    elif _has_backlog(observation, queue, had_backlog=had_backlog):
        yield _backlog(queue, observation.at)


def _consumers_are_starting(observation: Observation) -> bool:
    """Return whether a consumer, a service that needs broker and database, has just started."""
    return any(
        report.service.started_at is not None
        and observation.at - report.service.started_at < STARTUP_GRACE
        and {BROKER, DATABASE} <= report.dependencies.keys()
        for report in observation.reports
    )


def _has_backlog(observation: Observation, queue: Queue, *, had_backlog: bool) -> bool:
    """Return whether there is a backlog that no outage of the database explains."""
    share = BACKLOG_HYSTERESIS if had_backlog else 1.0
    if queue.oldest_enqueued_at is None or queue.ready <= share * BACKLOG_MESSAGES:
        return False
    database_down = observation.database_error and not observation.database_is_slow
    explained = database_down or observation.outages(DATABASE)
    return observation.at - queue.oldest_enqueued_at > share * BACKLOG_AGE and not explained


def _backlog(queue: Queue, at: datetime) -> Problem:
    assert queue.oldest_enqueued_at is not None
    seconds = (at - queue.oldest_enqueued_at).total_seconds()
    extent = "about" if seconds < HISTORY_SECONDS - STEP_SECONDS else "at least"
    return Problem(
        kind=ProblemKind.BACKLOG,
        subject=queue.name,
        started_at=queue.oldest_enqueued_at,
        message=f"{queue.ready} messages wait in {queue.name}, the oldest for {extent} {seconds:.0f} s.",
        hint=_backlog_hint(queue),
    )


def _backlog_hint(queue: Queue) -> str:
    if queue.ack_rate == 0:
        return "The consumers store nothing at the moment: their log says what they wait for (`make logs`)."
    if queue.max_prefetch == 1 and queue.publish_rate > queue.ack_rate:
        return (
            f"More messages arrive ({queue.publish_rate:.0f}/s) than the consumers, which take one at a time "
            f"(prefetch 1), store ({queue.ack_rate:.0f}/s): set {BATCH_MODE} in .env and run `make up` "
            "(without Docker, `make down` before it), so that they store in batches. An import causes a "
            "backlog that ends by itself."
        )
    return (
        f"If the backlog does not shrink, store in batches ({BATCH_MODE} in .env, then `make up`; without "
        "Docker, `make down` before it) or add consumers (`make up PIPELINES=3`). An import causes a backlog "
        "that ends by itself."
    )

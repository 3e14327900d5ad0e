"""What can be wrong, each a rule that looks at the facts of one moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitoring.broker import OldestDead
from monitoring.model import Health, Problem, Queue, Sensor
from monitoring.problems import ProblemKind
from monitoring.services import Answer
from runtime.health import Dependency

BROKER, DATABASE = "broker", "database"
MANAGEMENT = "management API"
# A backlog is worth a word when so much waits, for so long; half of both ends it, against flicker.
BEHIND_MESSAGES = 100
BEHIND_SECONDS = 30.0
# The view waits for so many intervals, and so long at least.
INTERVALS, PATIENCE = 5, timedelta(seconds=30)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What was found at one moment. A trouble is why the broker's API or the database gave no answer."""

    at: datetime
    answers: list[Answer]
    queue_name: str
    queue: Queue | None
    broker_trouble: str | None
    sensors: list[Sensor] | None
    database_trouble: str | None
    oldest_dead: OldestDead | None

    def up(self, need: str) -> list[str]:
        """The services to which this need answers."""
        return [a.service.name for a in self.answers if need in a.needs and a.needs[need].reason is None]

    def away(self, need: str) -> list[Dependency]:
        """What the services say to which it does not."""
        return [a.needs[need] for a in self.answers if need in a.needs and a.needs[need].reason is not None]


def broker_problems(facts: Observation) -> Iterator[Problem]:
    """The broker, or only its management API, is away."""
    away, up = facts.away(BROKER), facts.up(BROKER)
    if away and not up:
        here = "" if facts.broker_trouble else ", though its management API answers"
        yield Problem(
            kind=ProblemKind.BROKER_DOWN,
            subject=BROKER,
            started_at=min(need.since for need in away),
            message=f"No service reaches the broker{here}: {away[0].reason}.",
            hint="Start the broker (`make up`), or see in its log why it takes nothing, such as a memory "
            "or disk alarm. Sensors keep their readings and send them later.",
        )
    elif facts.broker_trouble and not up:
        yield Problem(
            kind=ProblemKind.BROKER_DOWN,
            subject=BROKER,
            started_at=None,
            message=f"The broker's management API does not answer: {facts.broker_trouble}.",
            hint="Start the broker (`make up`). Sensors keep their readings and send them later.",
        )
    elif facts.broker_trouble:
        yield Problem(
            kind=ProblemKind.BROKER_DOWN,
            subject=MANAGEMENT,
            started_at=None,
            message="The broker's management API does not answer here, though services reach the broker: "
            f"{facts.broker_trouble}.",
            hint="The broker may hang: see its log. Else set RABBITMQ_MANAGEMENT_URL, and give the user "
            "the tag `monitoring`; `sensorctl doctor` tells more.",
        )


def database_problems(facts: Observation) -> Iterator[Problem]:
    """The database is away, from the consumers or from here."""
    away, up = facts.away(DATABASE), facts.up(DATABASE)
    if away and not up:
        here = "" if facts.database_trouble else ", though it answers here"
        yield Problem(
            kind=ProblemKind.DATABASE_DOWN,
            subject=DATABASE,
            started_at=min(need.since for need in away),
            message=f"No consumer reaches the database{here}: {away[0].reason}.",
            hint="Start the database (`make up`), or see its log. Readings wait in the queue, nothing is "
            "lost, and it goes on by itself.",
        )
    elif facts.database_trouble:
        who = "here, though consumers reach it" if up else "here"
        yield Problem(
            kind=ProblemKind.DATABASE_DOWN,
            subject=DATABASE,
            started_at=None,
            message=f"The database does not answer {who}: {facts.database_trouble}.",
            hint="It may hang, or refuse this user: see its log, and `sensorctl doctor`. Readings wait in "
            "the queue, and nothing is lost.",
        )


def services_problems(facts: Observation) -> Iterator[Problem]:
    """Services that are not well, unless all of them wait for the same."""
    explained = {need for need in (BROKER, DATABASE) if facts.away(need) and not facts.up(need)}
    for answer in facts.answers:
        name, health, why = answer.service.name, answer.service.health, answer.service.reason
        needs = {need for need, state in answer.needs.items() if state.reason is not None}
        if health is Health.DOWN:
            kind, sentence = ProblemKind.SERVICE_DOWN, f"{name} does not answer: {why}."
            advice = "Start it (`make up`); if it ends again, its log tells why (`make logs`)."
        elif health is Health.STALLED:
            kind, sentence = ProblemKind.SERVICE_STALLED, f"{name} hangs: {why}."
            advice = (
                "After three minutes it ends itself and is started again, and its log shows where it hung; "
                "if it does not, restart it."
            )
        elif needs - explained:
            kind, sentence = ProblemKind.SERVICE_NOT_READY, f"{name} waits, and others do not: {why}."
            advice = (
                "See its log: its user, password or network may differ, or the broker lets nobody publish."
            )
        else:
            continue
        yield Problem(
            kind=kind, subject=name, started_at=answer.service.health_since, message=sentence, hint=advice
        )


def queue_problems(facts: Observation, *, behind: bool) -> Iterator[Problem]:
    """Nobody consumes, or not fast enough; `behind`: it was so at the last look."""
    queue = facts.queue
    if queue is None:
        if facts.broker_trouble is None:
            yield Problem(
                kind=ProblemKind.NO_CONSUMERS,
                subject=facts.queue_name,
                started_at=None,
                message=f"The queue {facts.queue_name} is not there.",
                hint="Run `sensorctl setup`, or `make up`; a consumer declares it too.",
            )
        return
    if queue.consumers == 0:
        yield Problem(
            kind=ProblemKind.NO_CONSUMERS,
            subject=queue.name,
            started_at=last_arrival(facts) if queue.ready else None,
            message=f"Nobody consumes the queue {queue.name}, in which {queue.ready} messages wait.",
            hint="Start a consumer (`make up`); if one runs, its log tells what it waits for.",
        )
    elif _is_behind(facts, queue, easing=behind):
        yield _behind(queue, facts.at)


def last_arrival(facts: Observation) -> datetime | None:
    """When the newest reading arrived at the database."""
    arrivals = [sensor.last_received_at for sensor in facts.sensors or [] if sensor.last_received_at]
    return max(arrivals, default=None)


def _is_behind(facts: Observation, queue: Queue, *, easing: bool) -> bool:
    """Not while the database is away: then the backlog is no news."""
    share = 0.5 if easing else 1.0
    if queue.oldest_measured_at is None or queue.ready <= share * BEHIND_MESSAGES:
        return False
    waited = (facts.at - queue.oldest_measured_at).total_seconds()
    return waited > share * BEHIND_SECONDS and not facts.database_trouble and not facts.away(DATABASE)


def _behind(queue: Queue, at: datetime) -> Problem:
    assert queue.oldest_measured_at is not None
    seconds = (at - queue.oldest_measured_at).total_seconds()
    return Problem(
        kind=ProblemKind.BACKLOG,
        subject=queue.name,
        started_at=queue.oldest_measured_at,
        message=f"{queue.ready} messages wait in {queue.name}, the oldest for about {seconds:.0f} s.",
        hint="If it does not become less, add consumers (`make up PIPELINES=3`) or let them work in "
        "batches (`BATCH_SIZE=500`). An import makes a backlog too.",
    )


def dead_problems(facts: Observation) -> Iterator[Problem]:
    """There are dead letters."""
    queue, oldest = facts.queue, facts.oldest_dead
    if queue is None or queue.dead_letters == 0:
        return
    number = "1 message is" if queue.dead_letters == 1 else f"{queue.dead_letters} messages are"
    first = (
        f"; the first: {oldest.reason}" + (f", {oldest.detail}" if oldest.detail else "") if oldest else ""
    )
    yield Problem(
        kind=ProblemKind.DEAD_LETTERS,
        subject=f"{queue.name}.dead",
        started_at=oldest.dead_at if oldest else None,
        message=f"{number} dead, and can never be a reading as they are{first}.",
        hint="`sensorctl dead list` shows them. Mend who sends them, or the consumer; then "
        "`sensorctl dead replay`, or `sensorctl dead discard`.",
    )


def silent_problems(facts: Observation, held_since: datetime | None) -> Iterator[Problem]:
    """Silent sensors; while readings are held up, those that were silent before that."""
    for sensor in facts.sensors or []:
        if sensor.offline_since is None or (held_since and not _was_silent(sensor, held_since)):
            continue
        usual = f"; usually every {round(sensor.interval_seconds, 2):g} s" if sensor.interval_seconds else ""
        yield Problem(
            kind=ProblemKind.SENSOR_OFFLINE,
            subject=sensor.sensor_id,
            started_at=sensor.offline_since,
            message=f"Nothing comes from sensor {sensor.sensor_id}{usual}.",
            hint="See to its power, its network and its log. If it is gone for good, delete its row in the "
            "table `sensor` (`make psql`), and it is watched no longer.",
        )


def _was_silent(sensor: Sensor, moment: datetime) -> bool:
    assert sensor.offline_since is not None
    patience = max(PATIENCE, timedelta(seconds=INTERVALS * (sensor.interval_seconds or 0)))
    return moment - sensor.offline_since > patience if moment > LONG_AGO else False

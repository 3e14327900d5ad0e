"""Killed consumers lose nothing and store nothing twice; a message that kills them is dead-lettered."""

from collections.abc import Callable

import pytest

from tests.broker import DEAD_QUEUE, VirtualHost
from tests.database import Database
from tests.modes import Mode, both_modes
from tests.processes import Process, Processes
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

both_queue_types = pytest.mark.parametrize("queue_type", ["quorum", "classic"])
KILLED_CONSUMER = "tests.fault_entrypoints.killed_by_reading"
SIGKILLED = -9
pytestmark = both_modes


def restart_until_handled(is_done: Callable[[], bool], run: Processes, max_deaths: int) -> int:
    """Restart the killed consumer until every message is handled; return the number of its deaths."""
    for deaths in range(max_deaths + 1):
        consumer = run.start(KILLED_CONSUMER)
        eventually(
            lambda: consumer.exit_code is not None or is_done(),  # noqa: B023 (evaluated immediately)
            DEADLINE_SECONDS,
            "the consumer is killed or handles every message",
        )
        if consumer.exit_code is None:
            assert consumer.stop() == 0
            return deaths
        assert consumer.exit_code == SIGKILLED
    raise AssertionError(f"the consumer was killed {max_deaths + 1} times")


@both_queue_types
def test_a_message_that_kills_its_consumer_is_dead_lettered_and_the_others_are_stored(
    broker: VirtualHost, database: Database, run: Processes, queue_type: str
) -> None:
    for sequence in range(3):
        broker.publish(reading(sequence=sequence))
    broker.publish(reading(sensor_id="fatal"))
    for sequence in range(3, 6):
        broker.publish(reading(sequence=sequence))

    def is_done() -> bool:
        return broker.ready(DEAD_QUEUE) == 1 and broker.ready() == 0 and database.count() == 6

    deaths = restart_until_handled(is_done, run, max_deaths=4)

    # Only quorum queues count deliveries; without a count, any redelivered message is isolated.
    assert deaths == (4 if queue_type == "quorum" else 1)
    assert sorted(row["sequence"] for row in database.readings()) == list(range(6))
    assert broker.ready() == 0
    (dead,) = broker.drain(DEAD_QUEUE)
    assert b'"fatal"' in dead.body
    assert dead.headers["x-dead-reason"] == "crash-loop"
    assert (
        dead.headers["x-dead-detail"] == "its consumer was killed by SIGKILL when it was handled in isolation"
    )
    assert dead.headers.get("x-delivery-count", 0) == 0, "the delivery count of the first queue is removed"


@both_queue_types
def test_a_valid_message_that_was_redelivered_often_is_stored_in_isolation(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    broker.publish(reading(sensor_id="valid"))
    broker.lose_consumers(6)

    consumer = run.start_consumer()

    event = consumer.wait_for_event("stored in isolation")
    assert event["duplicate"] is False
    assert event["delivery_attempt"] in {7, None}
    assert consumer.stop() == 0
    assert [row["sensor_id"] for row in database.readings()] == ["valid"]
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


def test_an_invalid_message_that_was_redelivered_often_keeps_its_reason(
    broker: VirtualHost, run: Processes
) -> None:
    broker.publish("rubbish")
    broker.lose_consumers(6)

    run.start_consumer().wait_for_event("dead-lettered")

    headers = broker.drain(DEAD_QUEUE)[0].headers
    assert headers["x-dead-reason"] == "not-json"
    assert headers["x-original-delivery-count"] == 6


@both_queue_types
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_consumer_killed_around_the_commit_stores_each_reading_once(
    broker: VirtualHost, database: Database, run: Processes, moment: str, mode: Mode
) -> None:
    for sequence in range(mode.max_unacked):
        broker.publish(reading(sequence=sequence))

    # The linger is long enough to fill the first batch on a busy machine.
    killed = run.start(f"tests.fault_entrypoints.killed {moment}", BATCH_LINGER_SECONDS="10")

    assert killed.wait() == SIGKILLED
    assert database.count() == (mode.max_unacked if moment == "after" else 0)
    eventually(lambda: broker.ready() == mode.max_unacked, DEADLINE_SECONDS, "the batch is requeued")

    consumer = run.start_consumer()

    eventually(
        lambda: sum(_outcome_counts(consumer)) == mode.max_unacked,
        DEADLINE_SECONDS,
        "every message is handled",
    )
    assert consumer.stop() == 0
    assert sorted(row["sequence"] for row in database.readings()) == list(range(mode.max_unacked))
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


def _outcome_counts(consumer: Process) -> tuple[int, ...]:
    """Return the numbers of new readings, duplicates and messages stored in isolation.

    Without a delivery count, the unacked messages of a killed consumer are stored in isolation.
    """
    return *consumer.stored_counts(), len(consumer.events("stored in isolation"))


def test_consumers_killed_under_load_lose_nothing(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    steady = run.start_consumer()
    for sequence in range(300):
        if sequence % 100 == 0:
            victim = run.start_consumer()
        broker.publish(reading(sequence=sequence))
        if sequence % 100 == 50:
            eventually(lambda: any(victim.stored_counts()), DEADLINE_SECONDS, "the consumer stores readings")  # noqa: B023 (evaluated immediately)
            victim.kill()

    eventually(
        lambda: len(broker.connections()) == 1,
        DEADLINE_SECONDS,
        "the broker has closed the killed connection",
    )
    eventually(lambda: database.count() == 300, DEADLINE_SECONDS, "every reading is stored")
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the queue is empty")
    assert steady.stop() == 0
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0
    assert sorted(row["sequence"] for row in database.readings()) == list(range(300))

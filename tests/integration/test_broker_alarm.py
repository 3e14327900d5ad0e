"""A consumer while the broker has a memory alarm, in which it reads nothing from connections that publish."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.broker import DEAD_QUEUE, QUEUE
from tests.database import Database
from tests.integration.resource_alarms import ControllableBroker, controllable_broker
from tests.modes import AUTO
from tests.processes import processes
from tests.readings import reading
from tests.services import ServerUnavailable
from tests.waiting import DEADLINE_SECONDS, eventually

READINGS = 20


@pytest.fixture
def own_broker() -> Iterator[ControllableBroker]:
    with ExitStack() as stack:
        try:
            broker = stack.enter_context(controllable_broker())
        except ServerUnavailable as reason:
            pytest.skip(f"no RabbitMQ whose memory alarm can be triggered: {reason}")
        yield broker


def test_readings_behind_an_invalid_message_are_stored_and_acked_during_an_alarm(
    own_broker: ControllableBroker, database: Database, tmp_path: Path
) -> None:
    with (
        own_broker.server.virtual_host("quorum") as broker,
        processes(tmp_path, broker.environment | database.environment | dict(AUTO.variables)) as run,
    ):
        # given a backlog that begins with an invalid message
        broker.declare()
        broker.publish("{not json")
        for number in range(READINGS):
            broker.publish(reading("kitchen", number))
        # when it is consumed during an alarm
        own_broker.trigger_memory_alarm()
        consumer = run.start_consumer()
        # then every reading is stored and acked, and only the invalid message is held
        consumer.wait_for_event("dead-letter queue unavailable")
        eventually(lambda: database.count() == READINGS, DEADLINE_SECONDS, "the readings are stored")
        queue = f"/api/queues/{broker.name}/{QUEUE}"
        eventually(
            lambda: own_broker.server.api("GET", queue).get("messages_unacknowledged") == 1,
            DEADLINE_SECONDS,
            "the readings are acked",
        )
        assert broker.ready() == broker.ready(DEAD_QUEUE) == 0
        # and dead-lettered once after the alarm, without a new connection of the consumer
        own_broker.clear_memory_alarm()
        consumer.wait_for_event("dead-lettered")
        assert consumer.stop() == 0
        assert (broker.ready(), broker.ready(DEAD_QUEUE)) == (0, 1)
        assert consumer.events("broker unavailable") == []

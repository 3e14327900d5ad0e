"""Publishing from a job, through a queue in memory."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from messaging.errors import BrokerRefused, BrokerUnavailable, TopologyMissing, Unroutable
from readings.ids import source_reading_id
from readings.model import Reading
from readings.parsing import ParseContext, parse_reading
from tests.unit.fake_job import FakeJob
from tests.unit.fake_queue import FakeQueue
from worker.context import JobInterrupted
from worker.publishing import NO_LIMIT, ReadingPublisher

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def readings(count: int) -> list[Reading]:
    times = [NOW - timedelta(hours=n) for n in range(count)]
    return [
        Reading(source_reading_id("home", "attic", at), "attic", at, 20.0 + n, import_id=uuid4())
        for n, at in enumerate(times)
    ]


def publisher(job: FakeJob, queue: FakeQueue, *, max_queue_depth: int = NO_LIMIT) -> ReadingPublisher:
    queue.clock = job.clock
    return ReadingPublisher(
        job, queue.connect, queue="heat", max_queue_depth=max_queue_depth, clock=job.clock
    )


def test_each_reading_is_published_as_the_consumer_parses_it() -> None:
    job, queue, expected = FakeJob(), FakeQueue(), readings(3)

    publisher(job, queue).publish(expected)

    context = ParseContext(UTC, NOW)
    assert [parse_reading(body, context) for body in queue.bodies] == expected
    assert queue.arrived == [str(reading.reading_id) for reading in expected]
    assert queue.confirmed == 3


def test_a_broker_that_is_down_is_waited_for_while_progress_is_reported() -> None:
    job, queue = FakeJob(), FakeQueue()
    queue.connect_errors.extend(
        [BrokerUnavailable("Connection refused")] * 20 + [TopologyMissing("no exchange")]
    )
    queue.wait_errors.extend([None, BrokerUnavailable("Stream connection lost")])

    publisher(job, queue).publish(readings(1_500))

    assert len(set(queue.arrived)) == 1_500
    assert job.messages[0] == "waiting for the broker: Connection refused"
    assert "lost the connection to the broker (Stream connection lost): retrying" in job.messages
    assert job.reports > 40


def test_a_backfill_keeps_the_queue_short_and_says_what_it_waits_for() -> None:
    job, queue = FakeJob(), FakeQueue()
    depths = []

    def consume() -> None:
        depths.append(len(queue.arrived) - queue.taken)
        queue.taken = min(len(queue.arrived), queue.taken + 30 * (len(depths) % 3 == 0))

    queue.on_wait = consume
    publisher(job, queue, max_queue_depth=100).publish(readings(1_000))

    assert len(queue.arrived) == 1_000
    assert max(depths) <= 100
    assert any("waiting for the consumers" in message for message in job.messages)


@pytest.mark.parametrize("error", [BrokerRefused("403"), Unroutable("no queue")])
def test_what_waiting_cannot_mend_ends_it(error: BrokerUnavailable) -> None:
    job, queue = FakeJob(), FakeQueue()
    queue.wait_errors.append(error)

    with pytest.raises(type(error)):
        publisher(job, queue).publish(readings(1))

    assert queue.publishers[0].closed


def test_a_refused_connection_is_not_retried() -> None:
    job, queue = FakeJob(), FakeQueue()
    queue.connect_errors.append(BrokerRefused("403"))

    with pytest.raises(BrokerRefused):
        publisher(job, queue).publish(readings(1))


def test_an_interruption_ends_the_wait_for_a_full_queue() -> None:
    job, queue = FakeJob(interrupt_after=50), FakeQueue()

    with pytest.raises(JobInterrupted):
        publisher(job, queue, max_queue_depth=100).publish(readings(1_000))

    assert len(queue.arrived) == 100
    assert queue.publishers[0].closed


def test_the_connection_serves_until_it_is_closed() -> None:
    job, queue = FakeJob(), FakeQueue()
    publishing = publisher(job, queue)

    publishing.publish(readings(2))
    publishing.publish([])
    publishing.publish(readings(1))
    publishing.close()

    assert len(queue.arrived) == 3
    assert [each.closed for each in queue.publishers] == [True]

"""Publishing with many confirms in flight, on a publisher in memory that confirms or fails."""

import pytest

from messaging.amqp.transport import NO_RESPONSE
from messaging.errors import BrokerRefused, BrokerUnavailable, Unroutable
from messaging.publishing import bulk
from messaging.publishing.bulk import BulkEvents, BulkPublisher, Message
from tests.unit.fake_queue import FakeQueue
from tests.unit.fakes import EventRecorder


def messages(count: int) -> list[Message]:
    return [Message("kitchen", str(number), b"{}", number) for number in range(1, count + 1)]


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def events() -> EventRecorder:
    return EventRecorder(BulkEvents)


def bulk_publisher(
    queue: FakeQueue,
    events: EventRecorder,
    *,
    max_queue_depth: int = 0,
    retry_timeout: float = 60,
    keep_open: bool = False,
) -> BulkPublisher:
    def sleep(seconds: float) -> None:
        queue.clock.now += seconds

    return BulkPublisher(
        queue.connect,
        events,
        queue="heat",
        max_queue_depth=max_queue_depth,
        retry_timeout_seconds=retry_timeout,
        keep_open=keep_open,
        clock=queue.clock,
        sleep=sleep,
    )


def test_everything_is_published_in_order_with_a_bounded_number_in_flight(
    queue: FakeQueue, events: EventRecorder
) -> None:
    bulk_publisher(queue, events).publish(messages(2 * bulk.MAX_IN_FLIGHT + 5))

    assert queue.arrived == [message.message_id for message in messages(2 * bulk.MAX_IN_FLIGHT + 5)]
    assert queue.max_in_flight == bulk.MAX_IN_FLIGHT
    assert [last.context for (last,) in events.calls_to("confirmed")] == [1000, 2000, 2005]
    assert all(publisher.closed for publisher in queue.publishers)


def test_without_messages_nothing_is_published(queue: FakeQueue, events: EventRecorder) -> None:
    bulk_publisher(queue, events).publish([])

    assert (queue.arrived, events.names) == ([], [])


def test_a_connection_can_be_kept_for_the_next_messages(queue: FakeQueue, events: EventRecorder) -> None:
    publisher = bulk_publisher(queue, events, keep_open=True)

    publisher.publish(messages(3))
    publisher.publish([])
    queue.wait_errors.append(BrokerUnavailable("Stream connection lost"))
    publisher.publish(messages(2))

    assert queue.arrived == ["1", "2", "3", "1", "2", "1", "2"]
    assert [last.context for (last,) in events.calls_to("confirmed")] == [3, 2]
    assert [each.closed for each in queue.publishers] == [True, False]
    publisher.close()
    assert queue.publishers[1].closed


def test_messages_are_read_from_their_source_only_as_they_are_published(
    queue: FakeQueue, events: EventRecorder
) -> None:
    read = []
    queue.wait_errors.extend([None, KeyboardInterrupt()])  # type: ignore[list-item]

    with pytest.raises(KeyboardInterrupt):
        bulk_publisher(queue, events).publish(read.append(m.context) or m for m in messages(10_000))  # type: ignore[func-returns-value]

    assert len(read) == len(queue.arrived) == 2 * bulk.MAX_IN_FLIGHT
    assert queue.publishers[0].closed


def test_messages_of_a_slow_source_are_published_without_waiting_for_the_next(
    queue: FakeQueue, events: EventRecorder
) -> None:
    def slow_source() -> object:
        for message in messages(4):
            queue.clock.now += bulk.FILL_SECONDS
            yield message

    bulk_publisher(queue, events).publish(slow_source())  # type: ignore[arg-type]

    assert [last.context for (last,) in events.calls_to("confirmed")] == [1, 2, 3, 4]


def test_unconfirmed_messages_of_a_lost_connection_are_published_again(
    queue: FakeQueue, events: EventRecorder
) -> None:
    lost = BrokerUnavailable("Stream connection lost")
    queue.wait_errors.extend([None, lost, None, lost])
    queue.connect_errors.extend([None, BrokerUnavailable("Connection refused"), None])

    bulk_publisher(queue, events).publish(messages(2_500))

    assert set(queue.arrived) == {message.message_id for message in messages(2_500)}
    assert queue.arrived[1_000:3_000] == [str(number) for number in [*range(1_001, 2_001)] * 2]
    assert [last.context for (last,) in events.calls_to("confirmed")] == [1000, 2000, 2500]
    assert events.calls_to("lost") == [
        ("Stream connection lost",),
        ("Connection refused",),
        ("Stream connection lost",),
    ]
    assert all(publisher.closed for publisher in queue.publishers)


def test_a_broker_that_stays_down_ends_publishing_after_the_retry_timeout(
    queue: FakeQueue, events: EventRecorder
) -> None:
    queue.wait_errors.extend([None, BrokerUnavailable("lost")])
    queue.connect_errors.extend([None, *[BrokerUnavailable("Connection refused")] * 100])
    started_at = queue.clock.now

    with pytest.raises(BrokerUnavailable, match="Connection refused"):
        bulk_publisher(queue, events, retry_timeout=10).publish(messages(2_500))

    assert 10 < queue.clock.now - started_at < 12
    assert [last.context for (last,) in events.calls_to("confirmed")] == [1000]


def test_each_confirm_restarts_the_retry_timeout(queue: FakeQueue, events: EventRecorder) -> None:
    lost = BrokerUnavailable("lost")
    queue.wait_errors.extend([None, *[lost] * 5, None, *[lost] * 5, None, *[lost] * 5])

    bulk_publisher(queue, events, retry_timeout=8).publish(messages(3_500))

    assert len(events.calls_to("lost")) == 15


def test_the_first_connection_is_not_retried(queue: FakeQueue, events: EventRecorder) -> None:
    queue.connect_errors.append(BrokerUnavailable("Connection refused"))

    with pytest.raises(BrokerUnavailable):
        bulk_publisher(queue, events).publish(messages(1))

    assert events.names == []


@pytest.mark.parametrize("error", [Unroutable("no queue"), BrokerRefused("403")])
def test_a_permanent_error_is_not_retried(
    queue: FakeQueue, events: EventRecorder, error: BrokerUnavailable
) -> None:
    queue.wait_errors.extend([None, error])

    with pytest.raises(type(error)):
        bulk_publisher(queue, events).publish(messages(2_500))

    assert len(queue.publishers) == 1


def test_the_queue_never_exceeds_its_maximum_depth(queue: FakeQueue, events: EventRecorder) -> None:
    max_depth = 0

    def consume() -> None:
        nonlocal max_depth
        max_depth = max(max_depth, len(queue.arrived) - queue.taken)
        queue.taken = min(len(queue.arrived), queue.taken + 100)

    queue.on_wait = consume
    bulk_publisher(queue, events, max_queue_depth=1_500).publish(messages(5_000))

    assert len(queue.arrived) == 5_000
    assert 1_000 < max_depth <= 1_500


def test_publishing_waits_for_a_full_queue_and_reports_it(queue: FakeQueue, events: EventRecorder) -> None:
    queue.arrived = ["earlier"] * 50
    waits = iter(range(1_000))

    def consume_later() -> None:
        if next(waits) > 100:
            queue.taken = len(queue.arrived)

    queue.on_wait = consume_later
    bulk_publisher(queue, events, max_queue_depth=50, retry_timeout=1).publish(messages(10))

    assert queue.arrived[50:] == [message.message_id for message in messages(10)]
    assert events.calls_to("waiting")[0] == (50,)


def test_a_broker_that_does_not_tell_the_depth_is_lost(queue: FakeQueue, events: EventRecorder) -> None:
    started_at, queue.answers = queue.clock.now, False

    def answer_after_a_minute() -> None:
        queue.answers = queue.clock.now > started_at + 60

    queue.on_wait = answer_after_a_minute
    bulk_publisher(queue, events, max_queue_depth=50).publish(messages(10))

    assert len(queue.arrived) == 10
    assert events.calls_to("lost") == [(NO_RESPONSE,)]

"""Publishing with many confirms in flight: on a connection in memory that confirms, lies and dies as told."""

from collections import deque
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import BrokerRefused, BrokerUnavailable, Unroutable
from messaging.publishing import bulk
from messaging.publishing.bulk import BulkEvents, BulkPublisher, Message
from messaging.publishing.confirm_publisher import Confirm, OutstandingConfirms
from tests.unit.fakes import EventRecorder, FakeClock


def messages(count: int) -> list[Message]:
    return [Message("kitchen", str(number), b"{}", number) for number in range(1, count + 1)]


class FakeConfirmPublisher:
    """Confirms all that was published at each wait; `deaths` fail one wait each before that."""

    def __init__(self, queue: "FakeQueue") -> None:
        self.depth: int | None = None
        self._queue = queue
        self._published = 0
        self._asked = False
        self.closed = False

    def publish(self, _sensor_id: str, message_id: str, _body: bytes) -> None:
        self._published += 1
        self._queue.arrived.append(message_id)

    def request_queue_depth(self, queue: str) -> None:
        assert queue == "heat"
        self.depth, self._asked = None, True

    def wait(self, seconds: float) -> list[Confirm]:
        self._queue.clock.now += seconds
        self._queue.most_in_flight = max(self._queue.most_in_flight, self._published)
        self._queue.turn()
        if self._asked:
            self.depth, self._asked = len(self._queue.arrived) - self._queue.taken, False
        confirmed, self._published = self._published, 0
        self._queue.confirmed += confirmed
        return [Confirm(self._queue.number(self, confirmed), multiple=True)] if confirmed else []

    def close(self) -> None:
        self.closed = True


class FakeQueue:
    """What arrived in the queue, of which consumers took the first ones; connects, and dies when told to."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.arrived: list[str] = []
        self.taken = self.confirmed = self.most_in_flight = 0
        self.streams: list[FakeConfirmPublisher] = []
        self.deaths: deque[Exception | None] = deque()
        self.refusals: deque[Exception | None] = deque()
        self.each_turn: Callable[[], object] = lambda: None
        self._numbers: dict[int, int] = {}

    def connect(self) -> FakeConfirmPublisher:
        if self.refusals and (error := self.refusals.popleft()):
            raise error
        self.streams.append(FakeConfirmPublisher(self))
        return self.streams[-1]

    def turn(self) -> None:
        self.each_turn()
        if self.deaths and (error := self.deaths.popleft()):
            raise error

    def number(self, stream: FakeConfirmPublisher, confirmed: int) -> int:
        self._numbers[id(stream)] = self._numbers.get(id(stream), 0) + confirmed
        return self._numbers[id(stream)]


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def told() -> EventRecorder:
    return EventRecorder(BulkEvents)


def publisher(
    queue: FakeQueue, told: EventRecorder, *, max_queue_depth: int = 0, patience: float = 60
) -> BulkPublisher:
    def sleep(seconds: float) -> None:
        queue.clock.now += seconds

    return BulkPublisher(
        queue.connect, told, queue="heat", max_queue_depth=max_queue_depth, retry_timeout_seconds=patience,
        clock=queue.clock, sleep=sleep,
    )  # fmt: skip


def test_everything_is_published_in_order_with_a_bounded_number_in_flight(
    queue: FakeQueue, told: EventRecorder
) -> None:
    publisher(queue, told).publish(messages(2 * bulk.MAX_IN_FLIGHT + 5))

    assert queue.arrived == [message.message_id for message in messages(2 * bulk.MAX_IN_FLIGHT + 5)]
    assert queue.most_in_flight == bulk.MAX_IN_FLIGHT
    assert [last.context for (last,) in told.calls_to("confirmed")] == [1000, 2000, 2005]
    assert all(stream.closed for stream in queue.streams)


def test_nothing_to_publish_ends_at_once(queue: FakeQueue, told: EventRecorder) -> None:
    publisher(queue, told).publish([])

    assert (queue.arrived, told.names) == ([], [])


def test_a_source_is_not_read_further_than_it_is_published(queue: FakeQueue, told: EventRecorder) -> None:
    read = []
    queue.deaths.extend([None, KeyboardInterrupt()])  # type: ignore[list-item]

    with pytest.raises(KeyboardInterrupt):
        publisher(queue, told).publish(read.append(m.context) or m for m in messages(10_000))  # type: ignore[func-returns-value]

    assert len(read) == len(queue.arrived) == 2 * bulk.MAX_IN_FLIGHT
    assert queue.streams[0].closed


def test_a_slow_source_does_not_keep_what_it_gave_before(queue: FakeQueue, told: EventRecorder) -> None:
    def slowly() -> object:
        for message in messages(4):
            queue.clock.now += bulk.FILL_SECONDS
            yield message

    publisher(queue, told).publish(slowly())  # type: ignore[arg-type]

    assert [last.context for (last,) in told.calls_to("confirmed")] == [1, 2, 3, 4]


def test_what_a_lost_connection_did_not_confirm_is_published_again(
    queue: FakeQueue, told: EventRecorder
) -> None:
    lost = BrokerUnavailable("Stream connection lost")
    queue.deaths.extend([None, lost, None, lost])
    queue.refusals.extend([None, BrokerUnavailable("Connection refused"), None])

    publisher(queue, told).publish(messages(2_500))

    assert set(queue.arrived) == {message.message_id for message in messages(2_500)}
    assert queue.arrived[1_000:3_000] == [str(number) for number in [*range(1_001, 2_001)] * 2]
    assert [last.context for (last,) in told.calls_to("confirmed")] == [1000, 2000, 2500]
    assert told.calls_to("lost") == [
        ("Stream connection lost",),
        ("Connection refused",),
        ("Stream connection lost",),
    ]
    assert all(stream.closed for stream in queue.streams)


def test_a_broker_that_stays_away_ends_it_after_the_patience(queue: FakeQueue, told: EventRecorder) -> None:
    queue.deaths.extend([None, BrokerUnavailable("lost")])
    queue.refusals.extend([None, *[BrokerUnavailable("Connection refused")] * 100])
    began = queue.clock.now

    with pytest.raises(BrokerUnavailable, match="Connection refused"):
        publisher(queue, told, patience=10).publish(messages(2_500))

    assert 10 < queue.clock.now - began < 12
    assert [last.context for (last,) in told.calls_to("confirmed")] == [1000]


def test_the_patience_begins_anew_whenever_the_broker_is_heard(queue: FakeQueue, told: EventRecorder) -> None:
    lost = BrokerUnavailable("lost")
    queue.deaths.extend([None, *[lost] * 5, None, *[lost] * 5, None, *[lost] * 5])

    publisher(queue, told, patience=8).publish(messages(3_500))

    assert len(told.calls_to("lost")) == 15


def test_a_broker_that_was_never_there_is_not_waited_for(queue: FakeQueue, told: EventRecorder) -> None:
    queue.refusals.append(BrokerUnavailable("Connection refused"))

    with pytest.raises(BrokerUnavailable):
        publisher(queue, told).publish(messages(1))

    assert told.names == []


@pytest.mark.parametrize("error", [Unroutable("no queue"), BrokerRefused("403")])
def test_what_will_not_pass_is_not_tried_again(
    queue: FakeQueue, told: EventRecorder, error: BrokerUnavailable
) -> None:
    queue.deaths.extend([None, error])

    with pytest.raises(type(error)):
        publisher(queue, told).publish(messages(2_500))

    assert len(queue.streams) == 1


def test_no_more_wait_in_the_queue_than_may(queue: FakeQueue, told: EventRecorder) -> None:
    deepest = 0

    def consume() -> None:
        nonlocal deepest
        deepest = max(deepest, len(queue.arrived) - queue.taken)
        queue.taken = min(len(queue.arrived), queue.taken + 100)

    queue.each_turn = consume
    publisher(queue, told, max_queue_depth=1_500).publish(messages(5_000))

    assert len(queue.arrived) == 5_000
    assert 1_000 < deepest <= 1_500


def test_a_full_queue_is_told_and_waited_for(queue: FakeQueue, told: EventRecorder) -> None:
    queue.arrived = ["from before"] * 50
    turns = iter(range(1_000))

    def consume_late() -> None:
        if next(turns) > 100:
            queue.taken = len(queue.arrived)

    queue.each_turn = consume_late
    publisher(queue, told, max_queue_depth=50, patience=1).publish(messages(10))

    assert queue.arrived[50:] == [message.message_id for message in messages(10)]
    assert told.calls_to("waiting")[0] == (50,)


@st.composite
def confirmations(draw: st.DrawFn) -> list[tuple[Confirm, int]]:
    """Confirms of up to 30 messages in any order, and how many are then confirmed without a gap."""
    count = draw(st.integers(1, 30))
    confirmed: set[int] = set()
    steps = []
    for number in draw(st.permutations(range(1, count + 1))):
        every = draw(st.booleans())
        confirmed |= set(range(1, number + 1)) if every else {number}
        whole = next(n for n in range(count + 1) if n + 1 not in confirmed)
        steps.append((Confirm(number, every), whole))
    return steps


@given(confirmations())
def test_the_window_gives_what_is_confirmed_together_with_all_before_it(
    steps: list[tuple[Confirm, int]],
) -> None:
    window: OutstandingConfirms[Message] = OutstandingConfirms()
    for message in messages(len(steps)):
        window.add(message)
    before = 0

    for confirm, whole in steps:
        assert [message.context for message in window.confirm(confirm)] == list(range(before + 1, whole + 1))
        assert len(window) == len(steps) - whole
        before = whole


def test_a_window_on_another_connection_counts_from_one() -> None:
    window: OutstandingConfirms[Message] = OutstandingConfirms()
    for message in messages(5):
        window.add(message)
    window.confirm(Confirm(2, multiple=True))
    window.confirm(Confirm(4, multiple=False))

    assert [message.context for message in window.reset()] == [3, 4, 5]
    assert [message.context for message in window.confirm(Confirm(1, multiple=False))] == [3]
    assert len(window) == 2

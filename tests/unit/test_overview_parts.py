"""The pieces from which an overview is made: questions, queue figures, dead letters, backlog, sensors."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pika
import pytest

from db.errors import StoreUnavailable
from db.settings import DatabaseSettings
from db.status import MinuteMean
from messaging.deadmessage import DeadMessage
from messaging.errors import BrokerUnavailable
from messaging.settings import BrokerSettings
from overview import broker, sensors
from overview.asking import Asking, Known, known
from overview.backlog import LAST_STORED, Backlog
from overview.broker import OldestDead, OldestDeadLetter, QueueFigures
from overview.model import Health, Queue, Sensor, Service
from overview.sensors import MINUTES, SensorHours
from overview.services import Answer, Sample

NOW = datetime(2026, 11, 22, 5, 30, 25, tzinfo=UTC)
DIED = "2026-11-22T05:00:00+00:00"


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def soon() -> float:
    return time.monotonic() + 60


@pytest.fixture
def asking() -> Iterator[Asking]:
    asking = Asking()
    yield asking
    asking.close()


class TestAsking:
    def test_an_answer_is_known(self, asking: Asking) -> None:
        assert known(asking.ask("it", lambda: 5), soon()) == Known(5, None)

    def test_an_outage_is_a_trouble_in_safe_words(self, asking: Asking) -> None:
        def fail() -> int:
            raise StoreUnavailable("it is \x07 away")

        assert known(asking.ask("it", fail), soon()) == Known(None, r"it is \x07 away")

    def test_what_is_slow_holds_up_nothing_and_is_asked_once(self, asking: Asking) -> None:
        answered, asked = Event(), []

        def slow() -> int:
            asked.append(1)
            answered.wait(60)
            return 7

        first = asking.ask("it", slow)
        assert known(first, time.monotonic()) == Known(None, "no answer in time")
        assert asking.ask("it", slow) is first

        answered.set()
        assert known(first, soon()) == Known(7, None)
        assert known(asking.ask("it", lambda: 8), soon()) == Known(8, None)
        assert asked == [1]


class TestQueueFigures:
    @pytest.fixture
    def figures(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        queues: dict[str, Any] = {}

        class FakeManagement:
            def __init__(self, _settings: BrokerSettings, _timeout: float) -> None: ...

            def queue(self, name: str) -> Any:
                return queues.get(name)

        monkeypatch.setattr(broker, "Management", FakeManagement)
        return queues

    def test_they_are_the_brokers(self, figures: dict[str, Any]) -> None:
        figures["heat"] = {
            "messages_ready": 7,
            "messages_unacknowledged": 2,
            "consumers": 3,
            "message_stats": {"publish_details": {"rate": 4.5}, "ack_details": {"rate": 3.0}},
        }
        figures["heat.dead"] = {"messages": 5}

        assert QueueFigures(BrokerSettings(queue_name="heat"))() == Queue(
            name="heat", ready=7, unacked=2, dead=5, consumers=3, published_rate=4.5, acked_rate=3.0
        )

    def test_a_new_queue_has_none_yet(self, figures: dict[str, Any]) -> None:
        figures["heat"] = {"durable": True}

        assert QueueFigures(BrokerSettings(queue_name="heat"))() == Queue(
            name="heat", ready=0, unacked=0, dead=0, consumers=0, published_rate=0.0, acked_rate=0.0
        )

    def test_a_queue_that_is_not_there_is_none(self, figures: dict[str, Any]) -> None:
        assert QueueFigures(BrokerSettings(queue_name="heat"))() is None


class TestOldestDeadLetter:
    @pytest.fixture
    def dead(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """What lies in the dead queue; each visit adds its limit at the end of `visits`."""
        waiting: list[Any] = []

        class FakeQueue:
            def look(self, limit: int) -> list[DeadMessage]:
                return waiting[:limit]

        @contextmanager
        def visit(_settings: BrokerSettings, at_once: int) -> Iterator[FakeQueue]:
            self.visits.append(at_once)
            if waiting == [None]:
                raise BrokerUnavailable("gone")
            yield FakeQueue()

        monkeypatch.setattr(broker, "visit", visit)
        self.visits: list[int] = []
        return waiting

    def letter(self, reason: str) -> DeadMessage:
        headers = {"x-dead-reason": reason, "x-dead-at": DIED, "x-dead-detail": "a\x07b"}
        return DeadMessage(b"{", pika.BasicProperties(headers=headers))

    def test_it_is_looked_at_again_only_when_messages_left(self, dead: list[Any], asking: Asking) -> None:
        oldest = OldestDeadLetter(BrokerSettings(), asking)
        assert oldest(0, soon()) is None
        dead[:] = [self.letter("not-json"), self.letter("too-large")]

        first = OldestDead(datetime.fromisoformat(DIED), "not-json", r"a\x07b")
        assert [oldest(number, soon()) for number in (2, 2, 3)] == [first] * 3
        assert self.visits == [1]

        del dead[0]
        second = oldest(2, soon())
        assert second
        assert second.reason == "too-large"
        assert oldest(0, soon()) is None
        assert self.visits == [1, 1]

    @pytest.mark.parametrize("content", [[], [None]])
    def test_without_a_message_or_a_broker_it_is_not_known(
        self, dead: list[Any], asking: Asking, content: list[Any]
    ) -> None:
        dead[:] = content

        assert OldestDeadLetter(BrokerSettings(), asking)(1, soon()) is None


def heard(measured: float, received: float | None = None) -> Sensor:
    return Sensor(
        sensor_id="1",
        name=None,
        location=None,
        last_measured_at=ago(measured),
        last_received_at=ago(measured if received is None else received),
        last_temperature=20.0,
        interval_seconds=1.0,
        silent_since=None,
    )


def queue(ready: int) -> Queue:
    return Queue(name="q", ready=ready, unacked=0, dead=0, consumers=1, published_rate=0, acked_rate=0)


def consumer(last_stored: float) -> Answer:
    sample = Sample(LAST_STORED, {}, ago(last_stored).timestamp())
    return Answer(service=Service(name="pipeline", health=Health.WAITING), samples=[sample])


class TestBacklog:
    def test_nothing_waits(self) -> None:
        assert Backlog().oldest(queue(0), NOW, [heard(5)], []) is None

    @pytest.mark.parametrize(
        ("sensors", "oldest"),
        [
            ([heard(40)], 40),
            ([heard(40), heard(42), heard(-200, received=40)], 40),
            ([heard(40), heard(5000), heard(9000)], 40),
            ([heard(-200, received=1)], 0),
        ],
        ids=["one", "a clock ahead", "others fell silent", "a clock ahead alone"],
    )
    def test_the_oldest_came_just_after_what_was_stored(self, sensors: list[Sensor], oldest: float) -> None:
        assert Backlog().oldest(queue(9), NOW, sensors, [consumer(3)]) == ago(oldest)

    def test_without_a_database_the_consumers_tell(self) -> None:
        assert Backlog().oldest(queue(9), NOW, [], [consumer(70), consumer(50)]) == ago(50)

    def test_nobody_knows(self) -> None:
        never = Answer(service=consumer(0).service, samples=[Sample(LAST_STORED, {}, 0.0)])

        assert Backlog().oldest(queue(9), NOW, [], [never]) is None

    def test_it_came_after_the_queue_was_seen_empty(self) -> None:
        backlog = Backlog()
        backlog.oldest(queue(0), ago(20), [], [])

        assert backlog.oldest(queue(9), NOW, [heard(7200)], []) == ago(20)


class TestSensorHours:
    @pytest.fixture
    def hours(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., SensorHours]:
        """Makes it on a database that gives these minutes, some a question; notes since when it is asked."""
        self.asked: list[datetime] = []

        def make(*answers: dict[datetime, float]) -> SensorHours:
            left = iter(answers)
            test = self

            class FakeStates:
                def __init__(self, _settings: DatabaseSettings) -> None: ...

                def sensors(self) -> list[dict[str, Any]]:
                    sensor = vars(heard(5))
                    return [{name: value for name, value in sensor.items() if name != "minutes"}]

                def minutes(self, since: datetime) -> list[MinuteMean]:
                    test.asked.append(since)
                    return [MinuteMean("1", minute, mean) for minute, mean in next(left).items()]

                def close(self) -> None: ...

            monkeypatch.setattr(sensors, "SensorStates", FakeStates)
            return SensorHours(DatabaseSettings())

        return make

    def test_all_minutes_are_read_once_a_minute_and_the_last_two_each_time(
        self, hours: Callable[..., SensorHours]
    ) -> None:
        # given an hour in which something was measured at its beginning and in its last two minutes
        this = NOW.replace(second=0)
        first, last = this - timedelta(minutes=59), this - timedelta(minutes=1)
        read = hours(
            {first: 1.0, last: 2.0, this: 3.0}, {last: 2.5, this: 3.5}, {this + timedelta(minutes=1): 9.0}
        )

        ((one,), (two,), (three,)) = (read(NOW + timedelta(seconds=n)) for n in (0, 1, 60))

        assert self.asked == [first, last, first + timedelta(minutes=1)]
        nothing = [None] * (MINUTES - 3)
        assert one.minutes == [1.0, *nothing, 2.0, 3.0]
        assert two.minutes == [1.0, *nothing, 2.5, 3.5]
        assert three.minutes == [None] * (MINUTES - 1) + [9.0]

"""Bringing the outbox to a broker in memory, through its losses."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pika.exceptions import ConnectionBlockedTimeout, StreamLostError, UnroutableError

from messaging.connection import describe
from messaging.errors import BrokerUnavailable
from messaging.stream import Confirm
from sensor.delivery import Delivery
from sensor.events import SensorEvents
from sensor.outbox import Outbox, Outgoing
from service.lifecycle import Stop
from tests.unit.fake_broker import FakeBroker, FakeStream
from tests.unit.fakes import Told, wait_until
from tests.unit.outbox_bench import open_on_disk

PUBLISH = "publish sensors/reading.kitchen"
REFUSED = BrokerUnavailable("Connection refused")


class Bench:
    """A delivery to a broker in memory."""

    def __init__(self, broker: FakeBroker, directory: Path, connect_timeout_seconds: float = 0) -> None:
        self.broker = broker
        self.stop = Stop()
        self.events = Told(SensorEvents)
        self.file, self.disk = open_on_disk(directory / "outbox", self.events.outbox_damaged)
        self.outbox = Outbox(self.file, 1000, self.events)
        self.delivery = Delivery(
            "amqp://nowhere",
            "sensor-kitchen",
            self.outbox,
            self.events,  # type: ignore[arg-type]
            self.stop,
            connect_timeout_seconds,
        )

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.outbox.put(Outgoing("kitchen", f"id-{number}", str(number).encode()))

    def arrived(self) -> list[bytes]:
        return [message.body for message in self.broker.queues["heat"]]

    def wait_for(self, event: str, times: int = 1) -> None:
        wait_until(lambda: len(self.events.of(event)) >= times)


@pytest.fixture
def bench(sensors_broker: FakeBroker, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(sensors_broker, tmp_path)
    yield bench
    bench.stop.request()
    bench.broker.troubles.clear()
    bench.delivery.finish(60)
    bench.outbox.close()


def test_readings_arrive_in_order_and_are_confirmed_one_by_one(bench: Bench) -> None:
    bench.put(1, 2)
    bench.delivery.start()
    bench.wait_for("confirmed", 2)
    bench.put(3)
    bench.wait_for("confirmed", 3)

    assert bench.arrived() == [b"1", b"2", b"3"]
    assert [reading.message_id for reading, _ in bench.events.of("confirmed")] == ["id-1", "id-2", "id-3"]
    assert len(bench.outbox) == 0


@pytest.mark.parametrize(
    "loss", [StreamLostError("Stream connection lost"), ConnectionBlockedTimeout("Blocked too long")]
)
def test_a_reading_that_was_not_confirmed_is_sent_again_in_its_place(bench: Bench, loss: Exception) -> None:
    bench.put(1, 2, 3)
    bench.broker.troubles[PUBLISH] = [loss, loss]

    bench.delivery.start()
    bench.wait_for("confirmed", 3)

    assert bench.arrived() == [b"1", b"2", b"3"]
    assert [reason for reason, *_ in bench.events.of("broker_lost")] == [describe(loss)] * 2
    assert len(bench.events.of("connected")) == 1, "only once it took a reading"
    assert bench.events.of("broker_lost")[0][-1] == 3, "all three wait"


def test_a_reading_whose_confirm_was_lost_is_sent_twice_under_one_id(bench: Bench) -> None:
    bench.put(1, 2)
    bench.broker.confirms_to_lose = 1

    bench.delivery.start()
    bench.wait_for("confirmed", 2)

    assert bench.arrived() == [b"1", b"1", b"2"]
    ids = [message.properties.message_id for message in bench.broker.queues["heat"]]
    assert ids == ["id-1", "id-1", "id-2"]


def test_readings_wait_for_a_broker_that_comes_late(bench: Bench) -> None:
    bench.broker.troubles["connect"] = [REFUSED] * 3
    bench.put(1, 2)

    bench.delivery.start()
    bench.wait_for("confirmed", 2)

    assert bench.arrived() == [b"1", b"2"]
    assert len(bench.events.of("broker_lost")) == 3
    assert len(bench.events.of("connected")) == 1


def test_readings_wait_until_the_exchange_is_there(bench: Bench) -> None:
    bench.broker.exchanges.clear()
    bench.put(1)
    bench.delivery.start()
    bench.wait_for("broker_lost", 2)
    assert not bench.broker.connections[1].is_open, "a connection that is of no use is closed"

    bench.broker.exchanges.add("sensors")

    bench.wait_for("confirmed")
    assert bench.arrived() == [b"1"]


def test_each_attempt_to_publish_is_told_and_each_return(bench: Bench) -> None:
    bench.broker.troubles[PUBLISH] = [UnroutableError([]), StreamLostError("gone"), UnroutableError([])]
    bench.put(1, 2)

    bench.delivery.start()
    bench.wait_for("confirmed", 2)

    assert len(bench.events.of("published")) == 5
    assert len(bench.events.of("returned")) == 2
    assert len(bench.events.of("broker_lost")) == 3


def test_a_connection_lost_while_idle_is_opened_again(bench: Bench) -> None:
    bench.delivery.start()
    bench.wait_for("connected")

    bench.broker.lose()

    bench.wait_for("connected", 2)
    assert len(bench.events.of("broker_lost")) == 1


def test_the_delivery_tells_that_it_is_alive_while_nothing_is_to_be_done(bench: Bench) -> None:
    bench.delivery.start()

    bench.wait_for("progress", 5)


def test_readings_reach_the_disk_at_once_only_while_the_broker_is_away(bench: Bench) -> None:
    assert bench.file.syncs_each_commit
    bench.delivery.start()
    bench.wait_for("connected")
    assert not bench.file.syncs_each_commit

    bench.broker.troubles["connect"] = [REFUSED] * 100_000
    bench.broker.lose()
    bench.wait_for("broker_lost")

    assert bench.file.syncs_each_commit


def test_a_backlog_that_cannot_be_read_does_not_keep_a_sensor_from_finishing(
    sensors_broker: FakeBroker, tmp_path: Path
) -> None:
    # given a reading that an earlier run left behind, and a file that cannot be read
    before = Bench(sensors_broker, tmp_path)
    before.put(1)
    before.outbox.close()
    bench = Bench(sensors_broker, tmp_path)
    bench.disk.become_unreadable()
    bench.delivery.start()

    bench.delivery.finish(0)

    assert len(bench.events.of("outbox_failed")) >= 1
    assert len(bench.outbox) == 1
    bench.outbox.close()


def test_finishing_delivers_what_is_left(bench: Bench) -> None:
    bench.broker.troubles[PUBLISH] = [StreamLostError("gone")]
    bench.put(*range(50))
    bench.delivery.start()

    bench.delivery.finish(0)

    assert bench.arrived() == [str(number).encode() for number in range(50)]
    assert bench.delivery.error is None


def test_a_reading_put_just_before_finishing_is_delivered(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a delivery that found the outbox empty and is about to look whether the connection lives
    found_empty, finishing = threading.Event(), threading.Event()
    look, wait = FakeStream.wait, bench.stop.wait

    def look_after_finishing(stream: FakeStream, seconds: float) -> list[Confirm]:
        found_empty.set()
        assert finishing.wait(30)
        return look(stream, seconds)

    def wait_when_finishing(seconds: float) -> bool:
        finishing.set()
        return wait(seconds)

    monkeypatch.setattr(FakeStream, "wait", look_after_finishing)
    monkeypatch.setattr(bench.stop, "wait", wait_when_finishing)
    bench.delivery.start()
    assert found_empty.wait(30)
    # when the last reading is put, and the delivery told to finish
    bench.put(1)
    bench.delivery.finish(30)
    # then it is delivered all the same
    assert bench.arrived() == [b"1"]


def test_finishing_after_a_stop_gives_up_at_its_deadline(bench: Bench) -> None:
    bench.broker.troubles["connect"] = [REFUSED] * 100_000
    bench.put(1, 2)
    bench.delivery.start()
    bench.wait_for("broker_lost")

    bench.stop.request()
    bench.delivery.finish(0.02)

    assert len(bench.outbox) == 2
    assert bench.delivery.error is None


def test_a_broker_that_never_comes_ends_the_sensor_with_the_error(
    sensors_broker: FakeBroker, tmp_path: Path
) -> None:
    sensors_broker.troubles["connect"] = [REFUSED] * 100_000
    bench = Bench(sensors_broker, tmp_path, connect_timeout_seconds=0.03)

    bench.delivery.start()

    assert bench.stop.wait(60), "the sampler is stopped too"
    bench.delivery.finish(60)
    assert isinstance(bench.delivery.error, BrokerUnavailable)
    bench.outbox.close()


def test_anything_unforeseen_ends_the_sensor_with_the_error(bench: Bench) -> None:
    bench.put(1)
    bench.broker.troubles[PUBLISH] = [ZeroDivisionError()]

    bench.delivery.start()

    assert bench.stop.wait(60)
    bench.delivery.finish(60)
    assert isinstance(bench.delivery.error, ZeroDivisionError)
    assert not bench.broker.connections[-1].is_open

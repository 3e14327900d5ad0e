"""The relay: publishes the outbox to a broker in memory, through losses of the connection."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pika.exceptions import ConnectionBlockedTimeout, StreamLostError, UnroutableError

from messaging.amqp.connection import describe
from messaging.errors import BrokerUnavailable
from messaging.publishing.confirm_publisher import Confirm
from runtime.lifecycle import ShutdownSignal
from sensor.outbox.entry import OutboxEntry
from sensor.outbox.outbox import Outbox
from sensor.outbox.relay import OutboxRelay
from sensor.telemetry import SensorTelemetry
from tests.unit.fake_broker import FakeBroker, FakeConfirmPublisher
from tests.unit.fakes import EventRecorder, wait_until
from tests.unit.outbox_harness import open_with_disk

PUBLISH = "publish sensors/reading.kitchen"
REFUSED = BrokerUnavailable("Connection refused")


class RelayHarness:
    """A relay to a broker in memory."""

    def __init__(self, broker: FakeBroker, directory: Path, connect_timeout_seconds: float = 0) -> None:
        self.broker = broker
        self.stop = ShutdownSignal()
        self.events = EventRecorder(SensorTelemetry)
        self.file, self.disk = open_with_disk(directory / "outbox", self.events.outbox_damaged)
        self.outbox = Outbox(self.file, 1000, self.events)
        self.relay = OutboxRelay(
            "amqp://nowhere",
            "sensor-kitchen",
            self.outbox,
            self.events,  # type: ignore[arg-type]
            self.stop,
            connect_timeout_seconds,
        )

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.outbox.put(OutboxEntry("kitchen", f"id-{number}", str(number).encode()))

    def arrived(self) -> list[bytes]:
        return [message.body for message in self.broker.queues["heat"]]

    def confirmed(self) -> list[OutboxEntry]:
        return [entry for entries, _ in self.events.calls_to("confirmed") for entry in entries]

    def wait_for_confirms(self, number: int) -> None:
        wait_until(lambda: len(self.confirmed()) >= number)

    def wait_for(self, event: str, times: int = 1) -> None:
        wait_until(lambda: len(self.events.calls_to(event)) >= times)


@pytest.fixture
def harness(sensors_broker: FakeBroker, tmp_path: Path) -> Iterator[RelayHarness]:
    harness = RelayHarness(sensors_broker, tmp_path)
    yield harness
    harness.stop.set()
    harness.broker.errors.clear()
    harness.relay.finish(60)
    harness.outbox.close()


def test_readings_arrive_in_order_and_are_confirmed_one_by_one(harness: RelayHarness) -> None:
    harness.put(1, 2)
    harness.relay.start()
    harness.wait_for_confirms(2)
    harness.put(3)
    harness.wait_for_confirms(3)

    assert harness.arrived() == [b"1", b"2", b"3"]
    assert [reading.message_id for reading in harness.confirmed()] == [
        "id-1",
        "id-2",
        "id-3",
    ]
    assert len(harness.outbox) == 0


@pytest.mark.parametrize(
    "loss", [StreamLostError("Stream connection lost"), ConnectionBlockedTimeout("Blocked too long")]
)
def test_an_unconfirmed_reading_is_published_again_in_its_place(
    harness: RelayHarness, loss: Exception
) -> None:
    harness.put(1, 2, 3)
    harness.broker.errors[PUBLISH] = [loss, loss]

    harness.relay.start()
    harness.wait_for_confirms(3)

    assert harness.arrived() == [b"1", b"2", b"3"]
    assert [reason for reason, *_ in harness.events.calls_to("broker_down")] == [describe(loss)] * 2
    assert len(harness.events.calls_to("broker_up")) == 1, "only after it accepted a reading"
    assert harness.events.calls_to("broker_down")[0][-1] == 3, "all three are pending"


def test_a_reading_whose_confirm_was_lost_is_published_again_with_the_same_id(harness: RelayHarness) -> None:
    harness.put(1, 2)
    harness.broker.confirms_to_lose = 1

    harness.relay.start()
    harness.wait_for_confirms(2)

    assert harness.arrived() == [b"1", b"1", b"2"]
    ids = [message.properties.message_id for message in harness.broker.queues["heat"]]
    assert ids == ["id-1", "id-1", "id-2"]


def test_a_broker_that_confirms_nothing_is_down_and_gets_the_readings_again(
    harness: RelayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.publishing.confirm_publisher.RESPONSE_TIMEOUT_SECONDS", 0.05)
    harness.broker.without_majority = True
    harness.put(1, 2)

    harness.relay.start()
    harness.wait_for("broker_down", times=2)
    harness.broker.without_majority = False
    harness.wait_for_confirms(2)

    assert len(harness.outbox) == 0
    assert "did not respond" in harness.events.calls_to("broker_down")[0][0]


def test_readings_are_kept_until_the_broker_is_up(harness: RelayHarness) -> None:
    harness.broker.errors["connect"] = [REFUSED] * 3
    harness.put(1, 2)

    harness.relay.start()
    harness.wait_for_confirms(2)

    assert harness.arrived() == [b"1", b"2"]
    assert len(harness.events.calls_to("broker_down")) == 3
    assert len(harness.events.calls_to("broker_up")) == 1


def test_readings_are_kept_until_the_exchange_exists(harness: RelayHarness) -> None:
    harness.broker.exchanges.clear()
    harness.put(1)
    harness.relay.start()
    harness.wait_for("broker_down", 2)
    assert not harness.broker.connections[1].is_open, "the unusable connection is closed"

    harness.broker.exchanges.add("sensors")

    harness.wait_for_confirms(1)
    assert harness.arrived() == [b"1"]


def test_each_attempt_to_publish_and_each_return_is_recorded(harness: RelayHarness) -> None:
    harness.broker.errors[PUBLISH] = [UnroutableError([]), StreamLostError("gone"), UnroutableError([])]
    harness.put(1, 2)

    harness.relay.start()
    harness.wait_for_confirms(2)

    assert len(harness.events.calls_to("published")) == 5
    assert len(harness.events.calls_to("returned")) == 2
    assert len(harness.events.calls_to("broker_down")) == 3


def test_a_broker_that_accepts_no_reading_gets_one_at_growing_intervals(harness: RelayHarness) -> None:
    harness.broker.errors[PUBLISH] = [UnroutableError([]) for _ in range(6)]
    harness.put(*range(50))

    harness.relay.start()
    harness.wait_for_confirms(50)

    delays = [delay for _, delay, _ in harness.events.calls_to("broker_down")]
    assert len(delays) == 6
    assert delays[-1] > 4 * delays[0]
    assert len(harness.events.calls_to("published")) == 6 + 50, "the others are not sent in vain"


def test_a_connection_that_is_lost_while_idle_is_reopened(harness: RelayHarness) -> None:
    harness.relay.start()
    harness.wait_for("broker_up")

    harness.broker.disconnect()

    harness.wait_for("broker_up", 2)
    assert len(harness.events.calls_to("broker_down")) == 1


def test_an_idle_relay_sends_heartbeats(harness: RelayHarness) -> None:
    harness.relay.start()

    harness.wait_for("progress", 5)


def test_each_reading_is_synced_only_while_the_broker_is_down(harness: RelayHarness) -> None:
    assert harness.file.syncs_each_commit
    harness.relay.start()
    harness.wait_for("broker_up")
    assert not harness.file.syncs_each_commit

    harness.broker.errors["connect"] = [REFUSED] * 100_000
    harness.broker.disconnect()
    harness.wait_for("broker_down")

    assert harness.file.syncs_each_commit


def test_an_unreadable_backlog_does_not_prevent_finishing(sensors_broker: FakeBroker, tmp_path: Path) -> None:
    # given a reading of an earlier run, and a file that cannot be read
    before = RelayHarness(sensors_broker, tmp_path)
    before.put(1)
    before.outbox.close()
    harness = RelayHarness(sensors_broker, tmp_path)
    harness.disk.become_unreadable()
    harness.relay.start()

    harness.relay.finish(0)

    assert len(harness.events.calls_to("outbox_failed")) >= 1
    assert len(harness.outbox) == 1
    harness.outbox.close()


def test_finishing_publishes_the_remaining_readings(harness: RelayHarness) -> None:
    harness.broker.errors[PUBLISH] = [StreamLostError("gone")]
    harness.put(*range(50))
    harness.relay.start()

    harness.relay.finish(0)

    assert harness.arrived() == [str(number).encode() for number in range(50)]
    assert harness.relay.error is None


def test_finishing_without_a_reading_does_not_wait_for_a_broker_that_is_down(harness: RelayHarness) -> None:
    harness.broker.errors["connect"] = [REFUSED] * 100_000
    harness.relay.start()
    harness.wait_for("broker_down")

    finish = threading.Thread(target=harness.relay.finish, args=(60,))
    finish.start()
    finish.join(60)

    assert (finish.is_alive(), harness.relay.error) == (False, None)


def test_a_reading_put_just_before_finishing_is_published(
    harness: RelayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a relay that found the outbox empty and is about to check the connection
    found_empty, finishing = threading.Event(), threading.Event()
    check_connection, wait_for_stop = FakeConfirmPublisher.wait, harness.stop.wait

    def check_connection_after_finishing(stream: FakeConfirmPublisher, seconds: float) -> list[Confirm]:
        found_empty.set()
        assert finishing.wait(30)
        return check_connection(stream, seconds)

    def wait_for_stop_after_finishing(seconds: float) -> bool:
        finishing.set()
        return wait_for_stop(seconds)

    monkeypatch.setattr(FakeConfirmPublisher, "wait", check_connection_after_finishing)
    monkeypatch.setattr(harness.stop, "wait", wait_for_stop_after_finishing)
    harness.relay.start()
    assert found_empty.wait(30)
    # when the last reading is put, and the relay finishes
    harness.put(1)
    harness.relay.finish(30)
    # then the reading is published
    assert harness.arrived() == [b"1"]


def test_finishing_without_a_shutdown_request_keeps_the_delays_of_retries(
    harness: RelayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a source that has ended while the broker is down
    monkeypatch.setattr("runtime.retry.INITIAL_DELAY_SECONDS", 5)
    harness.broker.errors["connect"] = [REFUSED] * 4
    harness.put(1)
    waits: list[float] = []
    wait_for_stop = harness.stop.wait

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return wait_for_stop(min(seconds, 0.001))

    monkeypatch.setattr(harness.stop, "wait", wait)
    # when the relay finishes
    harness.relay.start()
    harness.relay.finish(60)
    # then it connects after the usual delays, and delivers the reading
    assert len([seconds for seconds in waits if seconds >= 5]) == 4
    assert harness.arrived() == [b"1"]


def test_finishing_after_a_shutdown_request_ends_at_its_deadline(harness: RelayHarness) -> None:
    harness.broker.errors["connect"] = [REFUSED] * 100_000
    harness.put(1, 2)
    harness.relay.start()
    harness.wait_for("broker_down")

    harness.stop.set()
    harness.relay.finish(0.02)

    assert len(harness.outbox) == 2
    assert harness.relay.error is None


def test_a_connect_timeout_stops_the_sensor_with_the_error(
    sensors_broker: FakeBroker, tmp_path: Path
) -> None:
    sensors_broker.errors["connect"] = [REFUSED] * 100_000
    harness = RelayHarness(sensors_broker, tmp_path, connect_timeout_seconds=0.03)

    harness.relay.start()

    assert harness.stop.wait(60), "the sampler is stopped too"
    harness.relay.finish(60)
    assert isinstance(harness.relay.error, BrokerUnavailable)
    harness.outbox.close()


def test_an_outage_longer_than_the_connect_timeout_does_not_stop_a_sensor_that_had_reached_the_broker(
    sensors_broker: FakeBroker, tmp_path: Path
) -> None:
    # given a relay that was connected
    harness = RelayHarness(sensors_broker, tmp_path, connect_timeout_seconds=0.001)
    harness.relay.start()
    harness.wait_for("broker_up")
    # when the broker is down for three attempts, which take longer than the time-out
    harness.broker.errors["connect"] = [REFUSED] * 3
    harness.broker.disconnect()
    harness.put(1)
    harness.wait_for_confirms(1)
    # then it connects again
    harness.relay.finish(60)
    assert (harness.relay.error, harness.arrived()) == (None, [b"1"])
    assert len(harness.events.calls_to("broker_down")) == 4
    harness.outbox.close()


def test_an_unexpected_exception_stops_the_sensor(harness: RelayHarness) -> None:
    harness.put(1)
    harness.broker.errors[PUBLISH] = [ZeroDivisionError()]

    harness.relay.start()

    assert harness.stop.wait(60)
    harness.relay.finish(60)
    assert isinstance(harness.relay.error, ZeroDivisionError)
    assert not harness.broker.connections[-1].is_open

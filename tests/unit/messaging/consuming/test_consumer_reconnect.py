"""The consumer loop on a broker in memory: lost connections."""

from collections.abc import Callable

import pytest
from pika.exceptions import AMQPConnectionError, UnroutableError

from messaging.consuming.delivery import Delivery
from messaging.errors import BrokerUnavailable
from runtime.errors import ShutdownRequested
from tests.unit.consumer_harness import DATABASE_DOWN, DEAD_LETTER_QUEUE, INVALID, MakeHarness, failing
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import in_turn


@pytest.mark.parametrize(
    "disconnect",
    [
        pytest.param(lambda broker: broker.disconnect(), id="connection lost"),
        pytest.param(lambda broker: broker.connections[-1].channels[0].cancel(), id="consumer cancelled"),
        pytest.param(lambda broker: broker.connections[-1].channels[0].requeue_held(), id="channel closed"),
    ],
)
def test_after_a_connection_loss_while_idle_the_consumer_consumes_again(
    make_harness: MakeHarness, disconnect: Callable[[FakeBroker], None]
) -> None:
    harness = make_harness()

    harness.run(when_idle=in_turn(lambda: disconnect(harness.broker), harness.stop.set))

    assert harness.events.names == ["consuming", "broker_lost", "consuming"]
    assert not harness.broker.connections[0].is_open


def test_after_a_shutdown_request_nothing_is_checked_that_could_wait_for_the_database(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness()
    harness.events.reactions["progress"] = in_turn(lambda: None, harness.stop.set)
    checks: list[None] = []

    harness.run(when_idle=lambda: checks.append(None))

    assert checks == []


def test_a_shutdown_request_ends_the_wait_for_the_broker(make_harness: MakeHarness) -> None:
    harness = make_harness()
    harness.broker.errors["connect"] = [BrokerUnavailable("refused")] * 10_000
    harness.events.reactions["broker_lost"] = harness.stop.set

    with pytest.raises(ShutdownRequested):
        harness.run()


def test_a_missing_dead_letter_queue_is_declared_again_by_the_next_session(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(b"nonsense")
    harness.broker.errors[f"publish /{DEAD_LETTER_QUEUE}"] = [UnroutableError([])]

    harness.run(failing(INVALID, INVALID))

    assert harness.bodies(DEAD_LETTER_QUEUE) == [b"nonsense"]
    assert harness.settlements() == [f"publish /{DEAD_LETTER_QUEUE}", "ack"]
    assert harness.events.names == ["consuming", "broker_lost", "consuming", "dead_lettered"]


def test_a_message_whose_connection_was_lost_is_handled_again_before_its_ack(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness(b"1")

    harness.run(failing(afterwards=in_turn(harness.broker.disconnect)))

    assert harness.handled == [b"1", b"1"]
    assert harness.settlements() == ["ack"]


def test_work_on_a_lost_connection_is_aborted_and_repeated(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1")
    disconnect = in_turn(harness.broker.disconnect)

    def work(delivery: Delivery) -> None:
        disconnect()
        harness.work.pause(0.01)

    harness.run(work)

    assert harness.handled == [b"1", b"1"]
    assert harness.settlements() == ["ack"]
    assert harness.events.names == ["consuming", "broker_lost", "consuming"]


def test_a_connection_loss_during_an_outage_is_reported(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1")
    errors = iter([DATABASE_DOWN, BrokerUnavailable("gone")])

    harness.run(failing(*errors))

    assert harness.events.names == ["consuming", "dependency_down", "broker_lost", "consuming"]
    assert harness.settlements() == ["ack"]


def test_the_consumer_retries_until_the_broker_accepts_the_connection(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1")
    harness.broker.errors["connect"] = [BrokerUnavailable("refused")] * 3

    harness.run()

    assert harness.events.names == ["broker_lost"] * 3 + ["consuming"]


def test_a_session_that_cannot_be_set_up_closes_its_connection(make_harness: MakeHarness) -> None:
    harness = make_harness(b"1")
    harness.broker.errors["consume"] = [AMQPConnectionError("too early")]

    harness.run()

    assert [connection.is_open for connection in harness.broker.connections] == [False, False]
    assert harness.settlements() == ["ack"]


def test_a_broker_that_stays_down_ends_the_consumer_after_the_connect_time_out(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness()
    harness.broker.errors["connect"] = [BrokerUnavailable("refused")] * 10_000

    with pytest.raises(BrokerUnavailable, match="refused"):
        harness.run(connect_timeout_seconds=0.05)


def test_an_outage_longer_than_the_connect_time_out_does_not_end_a_consumer_that_had_reached_the_broker(
    make_harness: MakeHarness,
) -> None:
    harness = make_harness()

    def lose_the_broker() -> None:
        harness.broker.errors["connect"] = [BrokerUnavailable("refused")] * 3
        harness.broker.disconnect()

    harness.run(connect_timeout_seconds=0.001, when_idle=in_turn(lose_the_broker, harness.stop.set))

    assert harness.events.names == ["consuming", *["broker_lost"] * 4, "consuming"]

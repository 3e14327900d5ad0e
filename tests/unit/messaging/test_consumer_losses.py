"""The consumer loop on a broker in memory: losses of the broker."""

from collections.abc import Callable

import pytest
from pika.exceptions import AMQPConnectionError, StreamLostError

from messaging.consuming.session import Delivery
from messaging.errors import BrokerUnavailable
from runtime.errors import ShutdownRequested
from tests.unit.consumer_bench import DATABASE_DOWN, DEAD_LETTER_QUEUE, INVALID, MakeBench, failing
from tests.unit.fake_broker import FakeBroker
from tests.unit.fakes import in_turn


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda broker: broker.disconnect(), id="connection lost"),
        pytest.param(lambda broker: broker.connections[-1].channels[0].cancel(), id="consumer cancelled"),
        pytest.param(lambda broker: broker.connections[-1].channels[0].requeue_held(), id="channel closed"),
    ],
)
def test_after_a_loss_while_idle_it_consumes_again(
    make_bench: MakeBench, lose: Callable[[FakeBroker], None]
) -> None:
    bench = make_bench()

    bench.run(when_idle=in_turn(lambda: lose(bench.broker), bench.stop.set))

    assert bench.events.names == ["consuming", "broker_lost", "consuming"]
    assert not bench.broker.connections[0].is_open


def test_a_stop_while_it_waits_for_the_broker_ends_it(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.broker.errors["connect"] = [BrokerUnavailable("refused")] * 10_000
    bench.events.reactions["broker_lost"] = bench.stop.set

    with pytest.raises(ShutdownRequested):
        bench.run()


def test_a_message_that_could_not_be_dead_lettered_stays_and_is_buried_later(make_bench: MakeBench) -> None:
    bench = make_bench(b"nonsense")
    bench.broker.errors[f"publish /{DEAD_LETTER_QUEUE}"] = [StreamLostError("gone")]

    bench.run(failing(INVALID, INVALID))

    assert bench.bodies(DEAD_LETTER_QUEUE) == [b"nonsense"]
    assert bench.settlements() == [f"publish /{DEAD_LETTER_QUEUE}", "ack"]
    assert bench.events.names == ["consuming", "broker_lost", "consuming", "dead_lettered"]


def test_a_message_whose_connection_was_lost_is_not_acked_but_handled_again(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")

    bench.run(failing(afterwards=in_turn(bench.broker.disconnect)))

    assert bench.handled == [b"1", b"1"]
    assert bench.settlements() == ["ack"]


def test_work_on_a_lost_connection_is_given_up_and_done_again(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")
    lose = in_turn(bench.broker.disconnect)

    def work(delivery: Delivery) -> None:
        lose()
        bench.work.pause(0.01)

    bench.run(work)

    assert bench.handled == [b"1", b"1"]
    assert bench.settlements() == ["ack"]
    assert bench.events.names == ["consuming", "broker_lost", "consuming"]


def test_a_broker_lost_during_an_outage_is_told_as_such(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")
    errors = iter([DATABASE_DOWN, BrokerUnavailable("gone")])

    bench.run(failing(*errors))

    assert bench.events.names == ["consuming", "dependency_down", "broker_lost", "consuming"]
    assert bench.settlements() == ["ack"]


def test_a_broker_that_is_not_there_yet_is_waited_for(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")
    bench.broker.errors["connect"] = [BrokerUnavailable("refused")] * 3

    bench.run()

    assert bench.events.names == ["broker_lost"] * 3 + ["consuming"]


def test_a_session_that_cannot_be_set_up_leaves_no_connection_behind(make_bench: MakeBench) -> None:
    bench = make_bench(b"1")
    bench.broker.errors["consume"] = [AMQPConnectionError("too early")]

    bench.run()

    assert [connection.is_open for connection in bench.broker.connections] == [False, False]
    assert bench.settlements() == ["ack"]


def test_a_broker_that_never_comes_ends_it_at_the_connect_time_out(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.broker.errors["connect"] = [BrokerUnavailable("refused")] * 10_000

    with pytest.raises(BrokerUnavailable, match="refused"):
        bench.run(connect_timeout_seconds=0.05)

"""The consumer lives through every way of losing the broker."""

import socket
from collections.abc import Callable

import pytest

from messaging.topology import EXCHANGE
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.database import Database
from tests.modes import both_modes
from tests.processes import Process, Processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

both_queue_types = pytest.mark.parametrize("queue_type", ["quorum", "classic"])
LOAD = 60


@both_modes
@both_queue_types
def test_connections_that_the_broker_closes_under_load(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer()
    lose_twice_under_load(broker, database, consumer, broker.close_connections)
    assert "320 CONNECTION_FORCED" in consumer.events("broker unavailable")[0]["reason"]


@both_modes
def test_connections_that_are_cut_under_load(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    consumer = run.start_consumer(RABBITMQ_URL=broker.url_through(broker_proxy))
    lose_twice_under_load(broker, database, consumer, broker_proxy.cut)


def lose_twice_under_load(
    broker: VirtualHost, database: Database, consumer: Process, lose: Callable[[], None]
) -> None:
    for sequence in range(LOAD):
        broker.publish(reading(sequence=sequence))
        if sequence in {20, 40}:
            lose()
            consumer.wait_for_event("consuming", times=1 + sequence // 20)

    eventually(lambda: database.count() == LOAD, DEADLINE_SECONDS, "every reading is stored")
    assert consumer.stop() == 0
    assert sorted(row["sequence"] for row in database.readings()) == list(range(LOAD))
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


def test_a_broker_that_is_away_makes_it_unready_but_alive(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    consumer = run.start_consumer(**with_http(), RABBITMQ_URL=broker.url_through(broker_proxy))
    broker_proxy.refuse()
    broker.publish(reading())

    consumer.wait_for_event("broker unavailable", times=2)
    assert consumer.status("/readyz") == 503
    assert "broker" in consumer.http_get("/readyz")[1]
    assert consumer.status("/livez") == 200
    broker_proxy.forward()

    eventually(lambda: consumer.status("/readyz") == 200, DEADLINE_SECONDS, "it is ready again")
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")


@both_modes
def test_a_connection_lost_while_working_leaves_the_message_to_the_next(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    consumer = run.start_consumer(
        RABBITMQ_URL=broker.url_through(broker_proxy), PROCESSING_SECONDS_MIN="1", PROCESSING_SECONDS_MAX="1"
    )
    broker.publish(reading())
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the message is in hand")
    broker_proxy.cut()

    consumer.wait_for_event("consuming", times=2)
    eventually(lambda: database.count() and broker.ready() == 0, DEADLINE_SECONDS, "the reading is stored")
    assert consumer.stop() == 0
    assert database.count() == 1
    assert broker.ready() == 0


@both_modes
def test_a_connection_lost_during_a_database_outage_is_opened_again(
    broker: VirtualHost,
    database: Database,
    run: Processes,
    broker_proxy: Proxy,
    database_proxy: Proxy,
) -> None:
    consumer = run.start_consumer(
        RABBITMQ_URL=broker.url_through(broker_proxy), DATABASE_URL=database.url_through(database_proxy)
    )
    database_proxy.refuse()
    broker.publish(reading())
    consumer.wait_for_event("database unavailable", times=2)
    broker_proxy.cut()
    consumer.wait_for_event("consuming", times=2)
    database_proxy.forward()

    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")
    assert consumer.stop() == 0
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


@both_modes
def test_a_silent_broker_is_given_up_by_consumer_and_sensor_and_nothing_is_missing(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    short = "messaging.amqp.connection.HEARTBEAT_SECONDS=1"
    through = broker.url_through(broker_proxy)
    consumer = run.start_consumer(f"tests.fault_entrypoints.patched pipeline {short}", RABBITMQ_URL=through)
    sensor = run.start(
        f"tests.fault_entrypoints.patched sensor {short}",
        RABBITMQ_URL=through,
        SENSOR_INTERVAL_SECONDS="0.05",
    )
    eventually(lambda: database.count() > 5, DEADLINE_SECONDS, "readings arrive")
    # Heartbeats of a second may be late on a busy machine before anything is silent.
    connected, consuming = len(sensor.events("connected to the broker")), len(consumer.events("consuming"))
    losses = [len(process.events("broker unavailable")) for process in (sensor, consumer)]
    broker_proxy.black_hole()
    for process, before in zip((sensor, consumer), losses, strict=True):
        process.wait_for_event("broker unavailable", times=before + 1)
    broker_proxy.forward()

    consumer.wait_for_event("consuming", times=consuming + 1)
    sensor.wait_for_event("connected to the broker", times=connected + 1)
    sensor.wait_for_event("published", times=len(sensor.events("published")) + 20)
    assert sensor.stop() == 0
    published = len(sensor.events("published"))
    eventually(lambda: database.count() == published, DEADLINE_SECONDS, "every reading is stored")
    assert [
        row["sequence"] for row in database.query("SELECT sequence FROM reading ORDER BY sequence")
    ] == list(range(1, published + 1))


@both_modes
def test_work_of_several_heartbeats_keeps_its_connection_which_is_shown_by_the_consumers_name(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer(
        "tests.fault_entrypoints.patched pipeline messaging.amqp.connection.HEARTBEAT_SECONDS=3",
        PROCESSING_SECONDS_MIN="9",
        PROCESSING_SECONDS_MAX="9",
    )
    connections = eventually(broker.connections, DEADLINE_SECONDS, "the broker knows of it")
    broker.publish(reading())
    shown = broker.wait_for_client(f"pipeline@{socket.gethostname()}:{consumer.pid}")
    assert [shown["name"]] == connections
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")
    assert broker.connections() == connections
    assert consumer.events("broker unavailable") == []
    assert consumer.stop() == 0
    assert broker.ready() == 0


@both_modes
@both_queue_types
def test_a_deleted_queue_comes_back_and_is_consumed_again(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer()
    broker.channel.queue_delete(QUEUE)

    assert "cancelled the consumer" in consumer.wait_for_event("broker unavailable")["reason"]
    consumer.wait_for_event("consuming", times=2)
    broker.publish(reading(), exchange=EXCHANGE, routing_key="reading.1")
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")


@both_modes
def test_a_queue_deleted_while_a_message_is_in_hand(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer(PROCESSING_SECONDS_MIN="1", PROCESSING_SECONDS_MAX="1")
    broker.publish(reading(sensor_id="in hand"))
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the message is in hand")
    broker.channel.queue_delete(QUEUE)

    consumer.wait_for_event("consuming", times=2)
    broker.publish(reading(sensor_id="after"))
    eventually(
        lambda: [row["sensor_id"] for row in database.readings()][-1:] == ["after"],
        DEADLINE_SECONDS,
        "it goes on",
    )


@both_modes
def test_a_deleted_dead_queue_comes_back_before_a_bad_message_is_acked(
    broker: VirtualHost, run: Processes
) -> None:
    consumer = run.start_consumer()
    broker.channel.queue_delete(DEAD_QUEUE)
    broker.publish("rubbish")

    consumer.wait_for_event("dead-lettered")
    assert [message.body for message in broker.drain(DEAD_QUEUE)] == [b"rubbish"]
    assert consumer.stop() == 0
    assert broker.ready() == 0


@both_modes
def test_a_channel_that_the_broker_closes_is_opened_again(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer("tests.fault_entrypoints.double_ack")
    broker.publish(reading(sequence=1))
    broker.publish(reading(sequence=2))

    consumer.wait_for_event("broker unavailable")
    consumer.wait_for_event("consuming", times=2)
    eventually(lambda: database.count() == 2, DEADLINE_SECONDS, "both readings are stored")
    assert consumer.stop() == 0
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


def test_a_broker_that_comes_later_is_waited_for(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    broker_proxy.refuse()
    broker.publish(reading())
    consumer = run.start("pipeline", **with_http(), RABBITMQ_URL=broker.url_through(broker_proxy))
    assert "Connection refused" in consumer.wait_for_event("broker unavailable", times=2)["reason"]
    assert consumer.status("/readyz") == 503

    broker_proxy.forward()

    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")
    assert consumer.status("/readyz") == 200


def test_a_broker_that_does_not_come_within_the_connect_timeout_ends_the_process(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy
) -> None:
    broker_proxy.refuse()
    consumer = run.start(
        "pipeline", RABBITMQ_URL=broker.url_through(broker_proxy), CONNECT_TIMEOUT_SECONDS="1"
    )
    assert consumer.wait() == 69
    assert "Connection refused" in consumer.wait_for_event("dependency unavailable, exiting")["reason"]


def test_a_wrong_password_is_told_without_the_password(broker: VirtualHost, run: Processes) -> None:
    with broker.server.user_with_permissions(broker.name) as url:
        wrong = url.replace("@", "-wrong-secret@", 1)
        consumer = run.start("pipeline", RABBITMQ_URL=wrong, CONNECT_TIMEOUT_SECONDS="1")
        assert consumer.wait() == 69
    assert "ACCESS_REFUSED" in consumer.events("broker unavailable")[0]["reason"]
    assert "wrong-secret" not in consumer.text


def test_a_queue_with_other_arguments_is_told_until_it_is_deleted(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    broker.channel.queue_delete(QUEUE)
    broker.channel.queue_declare(QUEUE, durable=True, arguments={"x-max-length": 10})
    consumer = run.start("pipeline")
    assert (
        "inequivalent arg 'x-max-length'" in consumer.wait_for_event("broker unavailable", times=2)["reason"]
    )

    broker.channel.queue_delete(QUEUE)

    consumer.wait_for_event("consuming")
    broker.publish(reading())
    eventually(database.count, DEADLINE_SECONDS, "it consumes")

"""The consumer survives every kind of connection loss."""

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
def test_connections_closed_by_the_broker_under_load_lose_nothing(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer()
    disconnect_twice_under_load(broker, database, consumer, broker.close_connections)
    assert "320 CONNECTION_FORCED" in consumer.events("broker unavailable")[0]["reason"]


@both_modes
def test_connections_cut_under_load_lose_nothing(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    consumer = run.start_consumer(RABBITMQ_URL=broker.url_through(broker_proxy))
    disconnect_twice_under_load(broker, database, consumer, broker_proxy.cut)


def disconnect_twice_under_load(
    broker: VirtualHost, database: Database, consumer: Process, disconnect: Callable[[], None]
) -> None:
    for sequence in range(LOAD):
        broker.publish(reading(sequence=sequence))
        if sequence in {20, 40}:
            disconnect()
            consumer.wait_for_event("consuming", times=1 + sequence // 20)

    eventually(lambda: database.count() == LOAD, DEADLINE_SECONDS, "every reading is stored")
    assert consumer.stop() == 0
    assert sorted(row["sequence"] for row in database.readings()) == list(range(LOAD))
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


def test_a_consumer_is_live_but_not_ready_while_the_broker_is_down(
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

    eventually(lambda: consumer.status("/readyz") == 200, DEADLINE_SECONDS, "the consumer is ready again")
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")


@both_modes
def test_a_message_is_redelivered_when_its_connection_is_lost_while_it_is_handled(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    consumer = run.start_consumer(
        RABBITMQ_URL=broker.url_through(broker_proxy), PROCESSING_SECONDS_MIN="1", PROCESSING_SECONDS_MAX="1"
    )
    broker.publish(reading())
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the message is unacked")
    broker_proxy.cut()

    consumer.wait_for_event("consuming", times=2)
    eventually(lambda: database.count() and broker.ready() == 0, DEADLINE_SECONDS, "the reading is stored")
    assert consumer.stop() == 0
    assert database.count() == 1
    assert broker.ready() == 0


@both_modes
def test_a_connection_lost_while_the_database_is_down_is_opened_again(
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
def test_a_frozen_broker_is_detected_by_its_missed_heartbeats_and_loses_nothing(
    broker: VirtualHost, database: Database, run: Processes, broker_proxy: Proxy
) -> None:
    heartbeat = "messaging.amqp.connection.HEARTBEAT_SECONDS=1"
    proxied_url = broker.url_through(broker_proxy)
    consumer = run.start_consumer(
        f"tests.fault_entrypoints.patched pipeline {heartbeat}", RABBITMQ_URL=proxied_url
    )
    sensor = run.start(
        f"tests.fault_entrypoints.patched sensor {heartbeat}",
        RABBITMQ_URL=proxied_url,
        SENSOR_INTERVAL_SECONDS="0.05",
    )
    eventually(lambda: database.count() > 5, DEADLINE_SECONDS, "readings arrive")
    # On a busy machine, heartbeats every second may be late before the broker is frozen.
    connected, consuming = len(sensor.events("connected to the broker")), len(consumer.events("consuming"))
    losses_before = [len(process.events("broker unavailable")) for process in (sensor, consumer)]
    broker_proxy.black_hole()
    for process, before in zip((sensor, consumer), losses_before, strict=True):
        process.wait_for_event("broker unavailable", times=before + 1)
    broker_proxy.forward()

    consumer.wait_for_event("consuming", times=consuming + 1)
    sensor.wait_for_event("connected to the broker", times=connected + 1)
    sensor.wait_for_published(sensor.published_count() + 20)
    assert sensor.stop() == 0
    published = sensor.published_count()
    eventually(lambda: database.count() == published, DEADLINE_SECONDS, "every reading is stored")
    assert [
        row["sequence"] for row in database.query("SELECT sequence FROM reading ORDER BY sequence")
    ] == list(range(1, published + 1))


@both_modes
def test_work_longer_than_several_heartbeats_keeps_the_connection_which_has_the_consumers_name(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer(
        "tests.fault_entrypoints.patched pipeline messaging.amqp.connection.HEARTBEAT_SECONDS=3",
        PROCESSING_SECONDS_MIN="9",
        PROCESSING_SECONDS_MAX="9",
    )
    connections = eventually(broker.connections, DEADLINE_SECONDS, "the broker lists the connection")
    broker.publish(reading())
    connection = broker.wait_for_client(f"pipeline@{socket.gethostname()}:{consumer.pid}")
    assert [connection["name"]] == connections
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")
    assert broker.connections() == connections
    assert consumer.events("broker unavailable") == []
    assert consumer.stop() == 0
    assert broker.ready() == 0


@both_modes
@both_queue_types
def test_a_deleted_queue_is_declared_and_consumed_again(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer()
    broker.channel.queue_delete(QUEUE)

    assert "cancelled the consumer" in consumer.wait_for_event("broker unavailable")["reason"]
    consumer.wait_for_event("consuming", times=2)
    broker.publish(reading(), exchange=EXCHANGE, routing_key="reading.1")
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")


@both_modes
def test_a_queue_deleted_while_a_message_is_unacked_is_consumed_again(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer(PROCESSING_SECONDS_MIN="1", PROCESSING_SECONDS_MAX="1")
    broker.publish(reading(sensor_id="before"))
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the message is unacked")
    broker.channel.queue_delete(QUEUE)

    consumer.wait_for_event("consuming", times=2)
    broker.publish(reading(sensor_id="after"))
    eventually(
        lambda: [row["sensor_id"] for row in database.readings()][-1:] == ["after"],
        DEADLINE_SECONDS,
        "the consumer resumes",
    )


@both_modes
def test_a_deleted_dead_letter_queue_is_declared_before_an_invalid_message_is_acked(
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
def test_a_channel_closed_by_the_broker_is_opened_again(
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


def test_a_consumer_that_starts_before_its_broker_waits_for_it(
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


def test_a_broker_unavailable_for_the_connect_timeout_ends_the_process(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy
) -> None:
    broker_proxy.refuse()
    consumer = run.start(
        "pipeline", RABBITMQ_URL=broker.url_through(broker_proxy), CONNECT_TIMEOUT_SECONDS="1"
    )
    assert consumer.wait() == 69
    assert "Connection refused" in consumer.wait_for_event("dependency unavailable, exiting")["reason"]


def test_a_login_with_a_wrong_password_is_logged_without_the_password(
    broker: VirtualHost, run: Processes
) -> None:
    with broker.server.user_with_permissions(broker.name) as url:
        wrong_url = url.replace("@", "-wrong-secret@", 1)
        consumer = run.start("pipeline", RABBITMQ_URL=wrong_url, CONNECT_TIMEOUT_SECONDS="1")
        assert consumer.wait() == 69
    assert "ACCESS_REFUSED" in consumer.events("broker unavailable")[0]["reason"]
    assert "wrong-secret" not in consumer.text


def test_a_queue_with_other_arguments_is_reported_until_it_is_deleted(
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
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")

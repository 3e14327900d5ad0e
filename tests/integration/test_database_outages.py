"""A database outage loses no message and dead-letters none."""

from collections.abc import Callable
from functools import partial

import pytest

from db.migrate import upgrade
from tests.broker import DEAD_QUEUE, VirtualHost
from tests.database import Database
from tests.modes import Mode, both_modes
from tests.processes import Process, Processes, with_http
from tests.proxy import Proxy
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

both_queue_types = pytest.mark.parametrize("queue_type", ["quorum", "classic"])
LOAD = 60
pytestmark = both_modes


def publish_load(broker: VirtualHost, number: int = LOAD) -> None:
    for sequence in range(number):
        broker.publish(reading(sequence=sequence))


def assert_all_stored_once(
    broker: VirtualHost, database: Database, consumer: Process, number: int = LOAD
) -> None:
    """Check that every reading is stored once, none is dead-lettered, and none is unacked."""
    eventually(lambda: database.count() == number, DEADLINE_SECONDS, "every reading is stored")
    assert consumer.stop(promised_seconds=10) == 0
    assert sorted(row["sequence"] for row in database.readings()) == list(range(number))
    assert broker.ready() == 0
    assert broker.ready(DEAD_QUEUE) == 0


@both_queue_types
def test_an_unreachable_database_leaves_the_backlog_ready(
    broker: VirtualHost, database: Database, run: Processes, database_proxy: Proxy, mode: Mode
) -> None:
    consumer = run.start_consumer(**with_http(), DATABASE_URL=database.url_through(database_proxy))
    publish_load(broker, LOAD // 2)
    eventually(database.count, DEADLINE_SECONDS, "some are stored")
    database_proxy.refuse()
    for sequence in range(LOAD // 2, LOAD):
        broker.publish(reading(sequence=sequence))

    consumer.wait_for_event("database unavailable", times=3)
    done = sum(consumer.stored_counts())
    ready = LOAD - done - mode.max_unacked
    eventually(lambda: broker.ready() == ready, DEADLINE_SECONDS, "some are held, the others are ready")
    assert consumer.status("/readyz") == 503
    assert "database" in consumer.http_get("/readyz")[1]
    assert consumer.status("/livez") == 200
    assert 'pipeline_dependency_up{dependency="database"} 0.0' in consumer.http_get("/metrics")[1]

    database_proxy.forward()

    consumer.wait_for_event("database available")
    eventually(lambda: consumer.status("/readyz") == 200, DEADLINE_SECONDS, "the consumer is ready again")
    assert 'pipeline_dependency_up{dependency="database"} 1.0' in consumer.http_get("/metrics")[1]
    assert_all_stored_once(broker, database, consumer)
    assert consumer.events("requeued") == []
    assert consumer.events("broker unavailable") == []


def noticed(consumer: Process, failures: int) -> bool:
    """Return whether the consumer noticed this many, also those that met its query of the retention."""
    return len(consumer.events("database available") + consumer.events("retention unknown")) >= failures


@pytest.mark.parametrize("failure", [Proxy.cut, Proxy.drop_next_response])
def test_a_connection_cut_under_load_loses_nothing(
    broker: VirtualHost,
    database: Database,
    run: Processes,
    database_proxy: Proxy,
    failure: Callable[[Proxy], None],
) -> None:
    consumer = run.start_consumer(DATABASE_URL=database.url_through(database_proxy))
    publish_load(broker, 10)
    eventually(database.count, DEADLINE_SECONDS, "the consumer is connected")
    for sequence in range(10, LOAD):
        if sequence % 15 == 0:
            failure(database_proxy)
        broker.publish(reading(sequence=sequence))
        if sequence % 15 == 0:
            eventually(partial(noticed, consumer, sequence // 15), DEADLINE_SECONDS, "it is noticed")

    assert_all_stored_once(broker, database, consumer)


def test_a_response_lost_after_the_commit_causes_no_second_row(
    broker: VirtualHost, database: Database, run: Processes, database_proxy: Proxy
) -> None:
    consumer = run.start_consumer(DATABASE_URL=database.url_through(database_proxy))
    broker.publish(reading(sequence=0))
    consumer.wait_for_event("stored")
    database_proxy.drop_next_response()
    broker.publish(reading(sequence=1))

    consumer.wait_for_event("duplicate")
    assert database.count() == 2


def test_backends_terminated_under_load_lose_nothing(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer()
    for sequence in range(LOAD):
        broker.publish(reading(sequence=sequence))
        if sequence % 20 == 10:
            assert database.terminate_backends("pipeline@") <= 1
    assert_all_stored_once(broker, database, consumer)
    assert consumer.events("database available")


def test_twenty_outages_lose_nothing(
    broker: VirtualHost, database: Database, run: Processes, database_proxy: Proxy
) -> None:
    consumer = run.start_consumer(
        "tests.fault_entrypoints.patched pipeline messaging.consuming.consumer.RECONNECT_SECONDS=0.1",
        DATABASE_URL=database.url_through(database_proxy),
    )
    for number in range(20):
        # Earlier outages were reported once per attempt.
        reports = len(consumer.events("database unavailable"))
        database_proxy.refuse()
        broker.publish(reading(sequence=number))
        consumer.wait_for_event("database unavailable", times=reports + 1)
        database_proxy.forward()
        consumer.wait_for_event("database available", times=number + 1)
    assert_all_stored_once(broker, database, consumer, 20)
    assert consumer.events("requeued") == []


def test_a_frozen_database_times_out_and_the_broker_connection_survives(
    broker: VirtualHost, database: Database, run: Processes, database_proxy: Proxy, mode: Mode
) -> None:
    consumer = run.start_consumer(**with_http(), DATABASE_URL=database.url_through(database_proxy))
    publish_load(broker, 10)
    eventually(lambda: database.count() == 10, DEADLINE_SECONDS, "the first are stored")
    connection = eventually(broker.connections, DEADLINE_SECONDS, "the broker lists the connection")
    database_proxy.black_hole()
    for sequence in range(10, 20):
        broker.publish(reading(sequence=sequence))

    consumer.wait_for_event("database unavailable")
    eventually(lambda: broker.ready() == 10 - mode.max_unacked, DEADLINE_SECONDS, "the others are ready")
    assert consumer.status("/livez") == 200
    eventually(lambda: consumer.status("/readyz") == 503, DEADLINE_SECONDS, "the consumer is not ready")
    database_proxy.forward()

    consumer.wait_for_event("database available")
    assert broker.connections() == connection
    assert_all_stored_once(broker, database, consumer, 20)
    assert consumer.events("broker unavailable") == []


def test_a_missing_table_pauses_the_consumer_until_the_migration(
    broker: VirtualHost, bare_database: Database, run: Processes, mode: Mode
) -> None:
    publish_load(broker, 10)
    consumer = run.start_consumer(DATABASE_URL=bare_database.url)
    reason = consumer.wait_for_event("database unavailable", times=2)["reason"]
    assert 'relation "plausible_range" does not exist (SQLSTATE 42P01)' in reason
    eventually(lambda: broker.ready() == 10 - mode.max_unacked, DEADLINE_SECONDS, "the others are ready")

    upgrade(bare_database.settings)

    assert_all_stored_once(broker, bare_database, consumer, 10)


def test_a_lock_on_the_table_pauses_the_consumer(
    broker: VirtualHost, database: Database, run: Processes, mode: Mode
) -> None:
    consumer = run.start_consumer("tests.fault_entrypoints.patched pipeline db.engine.LOCK_TIMEOUT_SECONDS=1")
    with database.connect() as other, other.transaction():
        other.execute("LOCK TABLE reading")
        publish_load(broker, 12)
        assert "lock timeout" in consumer.wait_for_event("database unavailable")["reason"]
        eventually(lambda: broker.ready() == 12 - mode.max_unacked, DEADLINE_SECONDS, "the others are ready")
    assert_all_stored_once(broker, database, consumer, 12)


def test_a_read_only_database_pauses_the_consumer(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    database.query(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    consumer = run.start_consumer()
    publish_load(broker, 3)
    assert "read-only transaction" in consumer.wait_for_event("database unavailable")["reason"]

    database.query("SET default_transaction_read_only = off")
    database.query(f"ALTER DATABASE {database.name} RESET default_transaction_read_only")
    database.terminate_backends("pipeline@")

    assert_all_stored_once(broker, database, consumer, 3)


def test_an_idle_consumer_detects_an_outage_and_its_end(
    database: Database, run: Processes, database_proxy: Proxy
) -> None:
    consumer = run.start_consumer(
        "tests.fault_entrypoints.patched pipeline pipeline.database_health.CHECK_SECONDS=1",
        **with_http(),
        DATABASE_URL=database.url_through(database_proxy),
    )
    database_proxy.refuse()
    eventually(
        lambda: consumer.status("/readyz") == 503,
        DEADLINE_SECONDS,
        "the consumer is not ready without the database",
    )
    database_proxy.forward()
    eventually(lambda: consumer.status("/readyz") == 200, DEADLINE_SECONDS, "the consumer is ready again")
    consumer.wait_for_event("database available")


def test_a_consumer_that_starts_before_its_database_waits_for_it(
    broker: VirtualHost, database: Database, run: Processes, database_proxy: Proxy
) -> None:
    database_proxy.refuse()
    broker.publish(reading(sequence=0))
    consumer = run.start("pipeline", **with_http(), DATABASE_URL=database.url_through(database_proxy))
    consumer.wait_for_event("database unavailable", times=2)
    assert consumer.status("/readyz") == 503
    assert broker.ready() == 1, "no message is received that cannot be stored"

    database_proxy.forward()

    assert_all_stored_once(broker, database, consumer, 1)


def test_a_database_unavailable_for_the_connect_timeout_ends_the_process(
    database: Database, run: Processes, database_proxy: Proxy
) -> None:
    database_proxy.refuse()
    consumer = run.start(
        "pipeline", DATABASE_URL=database.url_through(database_proxy), CONNECT_TIMEOUT_SECONDS="1"
    )
    assert consumer.wait() == 69
    assert "Connection refused" in consumer.wait_for_event("dependency unavailable, exiting")["reason"]

"""The consumer stops quickly, settles its messages and exits with the documented code."""

import signal
import time
from collections.abc import Callable

import pytest

from tests.broker import DEAD_QUEUE, VirtualHost
from tests.database import Database
from tests.modes import Mode, both_modes
from tests.processes import Process, Processes
from tests.proxy import Proxy
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

both_queue_types = pytest.mark.parametrize("queue_type", ["quorum", "classic"])


def start_timed(start: Callable[[], Process]) -> tuple[Process, float]:
    """Start a process; return it, and how much slower than usual this machine is (a start takes 1 s)."""
    started_at = time.monotonic()
    return start(), max(1.0, time.monotonic() - started_at)


@both_modes
@both_queue_types
def test_sigterm_during_a_batch_lets_the_batch_finish(
    broker: VirtualHost, database: Database, run: Processes, mode: Mode
) -> None:
    for _ in range(mode.max_unacked):
        broker.publish(reading(sensor_id="unacked"))
    broker.publish(reading(sensor_id="waiting"))
    seconds = str(5 / mode.max_unacked)
    consumer = run.start_consumer(
        BATCH_LINGER_SECONDS="10", PROCESSING_SECONDS_MIN=seconds, PROCESSING_SECONDS_MAX=seconds
    )
    eventually(lambda: broker.ready() == 1, DEADLINE_SECONDS, "all messages but the last are unacked")

    assert consumer.stop(promised_seconds=10) == 0

    assert [row["sensor_id"] for row in database.readings()] == ["unacked"] * mode.max_unacked
    assert [message.method.redelivered for message in broker.drain()] == [False]
    assert broker.ready(DEAD_QUEUE) == 0


@both_modes
def test_messages_not_handled_within_the_drain_timeout_are_requeued(
    broker: VirtualHost, database: Database, run: Processes, mode: Mode
) -> None:
    consumer = run.start_consumer(
        "tests.fault_entrypoints.patched pipeline messaging.consuming.consumer.DRAIN_SECONDS=1",
        PROCESSING_SECONDS_MIN="60",
        PROCESSING_SECONDS_MAX="60",
    )
    for _ in range(mode.max_unacked):
        broker.publish(reading())
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "every message is unacked")

    assert consumer.stop(promised_seconds=10) == 0

    assert database.count() == 0
    messages = broker.drain()
    assert [message.method.redelivered for message in messages] == [True] * mode.max_unacked
    assert {message.headers.get("x-delivery-count", 0) for message in messages} <= {0, 1}
    assert consumer.wait_for_event("requeued")["reason"] == "stopping"
    assert consumer.wait_for_event("requeued")["messages"] == mode.max_unacked


@both_modes
@pytest.mark.parametrize(("signal_number", "exit_code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_an_idle_consumer_exits_immediately(
    run: Processes, signal_number: signal.Signals, exit_code: int
) -> None:
    consumer, slowness = start_timed(run.start_consumer)
    assert consumer.stop(promised_seconds=2 * slowness, by=signal_number) == exit_code


@both_modes
def test_sigterm_under_load_loses_nothing_and_counts_each_reading_once(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    first = run.start_consumer()
    for number in range(300):
        broker.publish(reading(sequence=number))
        if number == 150:
            eventually(database.count, DEADLINE_SECONDS, "some readings are stored")
            assert first.stop(promised_seconds=10) == 0
    stored = database.count()
    eventually(
        lambda: stored + broker.ready() == 300, DEADLINE_SECONDS, "every other reading is in the queue"
    )

    second = run.start_consumer()

    eventually(lambda: database.count() == 300, DEADLINE_SECONDS, "every reading is stored")
    assert second.stop() == 0
    assert sorted(row["sequence"] for row in database.readings()) == list(range(300))
    assert first.stored_counts() == (stored, 0)
    assert second.stored_counts() == (300 - stored, 0)


@both_modes
@both_queue_types
def test_sigterm_while_the_database_is_down_requeues_the_messages(
    broker: VirtualHost, database: Database, run: Processes, database_proxy: Proxy, mode: Mode
) -> None:
    consumer = run.start_consumer(DATABASE_URL=database.url_through(database_proxy))
    database_proxy.refuse()
    for _ in range(mode.max_unacked):
        broker.publish(reading(sensor_id="held"))
    broker.publish(reading(sensor_id="waiting"))
    consumer.wait_for_event("database unavailable", times=3)
    eventually(lambda: broker.ready() == 1, DEADLINE_SECONDS, "all messages but the last are unacked")

    assert consumer.stop(promised_seconds=10) == 0

    assert consumer.wait_for_event("requeued")["reason"] == "stopping"
    messages = broker.drain()
    # Held messages are requeued once, not once per attempt; the last message was never delivered.
    assert sorted(message.method.redelivered for message in messages) == [False] + [True] * mode.max_unacked
    assert {message.headers.get("x-delivery-count", 0) for message in messages} <= {0, 1}
    assert broker.ready(DEAD_QUEUE) == 0


@both_modes
def test_sigterm_while_the_database_is_frozen_waits_for_the_statement_and_requeues_the_message(
    broker: VirtualHost, database: Database, run: Processes, database_proxy: Proxy
) -> None:
    consumer, slowness = start_timed(
        lambda: run.start_consumer(DATABASE_URL=database.url_through(database_proxy))
    )
    broker.publish(reading(sensor_id="first"))
    consumer.wait_for_event("stored")
    database_proxy.black_hole()
    broker.publish(reading())
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the message is unacked")

    assert consumer.stop(promised_seconds=10 * slowness) == 0

    assert consumer.wait_for_event("requeued")["reason"] == "stopping"
    eventually(lambda: broker.ready() == 1, DEADLINE_SECONDS, "the message is requeued")
    assert broker.ready(DEAD_QUEUE) == 0


@pytest.mark.parametrize("dependency", ["broker", "database"])
def test_sigterm_ends_the_wait_for_the_first_connection(
    broker: VirtualHost,
    database: Database,
    run: Processes,
    broker_proxy: Proxy,
    database_proxy: Proxy,
    dependency: str,
) -> None:
    (broker_proxy if dependency == "broker" else database_proxy).refuse()

    def start() -> Process:
        consumer = run.start(
            "pipeline",
            RABBITMQ_URL=broker.url_through(broker_proxy),
            DATABASE_URL=database.url_through(database_proxy),
        )
        consumer.wait_for_event(f"{dependency} unavailable")
        return consumer

    consumer, slowness = start_timed(start)
    assert consumer.stop(promised_seconds=2 * slowness) == 0

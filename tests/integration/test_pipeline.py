"""The consumer process stores messages of every payload format as rows, or dead-letters them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pika
import pytest

from messaging.topology import EXCHANGE
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.database import Database
from tests.modes import AUTO, SMALL_BATCHES, both_modes
from tests.processes import Processes, with_http
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

both_queue_types = pytest.mark.parametrize("queue_type", ["quorum", "classic"])


@both_modes
@both_queue_types
def test_every_payload_format_is_stored_in_utc_and_celsius(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    run_id, reading_id = uuid4(), uuid4()
    broker.publish(
        {
            "reading_id": str(reading_id), "sensor_id": "new", "temperature": 70.7,
            "measured_at": "2026-11-22T07:28:37.123456+02:00",
            "unit": "fahrenheit", "run_id": str(run_id), "sequence": 1842,
        }
    )  # fmt: skip
    broker.publish('{"id": 1, "data": "2025-08-11T23:16:59.428169", "temperatura": 23.84}')
    broker.publish('{"sensor_id": "S1", "timestamp": "2023-10-01T12:00:00Z", "temperature": 22.5}')
    broker.publish({"sensor_id": "cold", "timestamp": "2023-10-01T12:00:00Z", "temperature": 0, "unit": "K"})

    consumer = run.start_consumer()

    eventually(lambda: database.count() == 4, DEADLINE_SECONDS, "every payload format is stored")
    assert consumer.stop() == 0
    rows = {row["sensor_id"]: row for row in database.readings()}
    stored = {name: (row["measured_at"], round(row["temperature"], 9)) for name, row in rows.items()}
    assert stored == {
        "new": (datetime(2026, 11, 22, 5, 28, 37, 123456, UTC), 21.5),
        "1": (datetime(2025, 8, 11, 23, 16, 59, 428169, UTC), 23.84),
        "S1": (datetime(2023, 10, 1, 12, tzinfo=UTC), 22.5),
        "cold": (datetime(2023, 10, 1, 12, tzinfo=UTC), -273.15),
    }
    assert (rows["new"]["reading_id"], rows["new"]["run_id"], rows["new"]["sequence"]) == (
        reading_id, run_id, 1842,
    )  # fmt: skip
    registered = database.query("SELECT sensor_id, name, location FROM sensor ORDER BY sensor_id")
    assert [row["sensor_id"] for row in registered] == ["1", "S1", "cold", "new"]
    assert {row["name"] for row in registered} == {None}
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


def test_a_time_without_offset_is_in_the_configured_time_zone(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    broker.publish('{"id": 1, "data": "2025-08-11T23:16:59", "temperatura": 23.84}')
    run.start_consumer(NAIVE_TIME_ZONE="America/Sao_Paulo")
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")
    assert database.readings()[0]["measured_at"] == datetime(2025, 8, 12, 2, 16, 59, tzinfo=UTC)


@both_modes
def test_a_reading_with_the_id_of_another_is_dead_lettered_and_a_duplicate_is_not(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    first = reading("constant", 20.0)
    bodies = [first | {"temperature": 20.0 + n} for n in range(3)]
    for body in (*bodies, first, reading("last")):
        broker.publish(body)

    consumer = run.start_consumer()

    eventually(lambda: database.count() == 2, DEADLINE_SECONDS, "the last message is stored")
    eventually(lambda: broker.ready(DEAD_QUEUE) == 2, DEADLINE_SECONDS, "both others are dead-lettered")
    assert consumer.stop() == 0
    temperatures = {row["sensor_id"]: row["temperature"] for row in database.readings()}
    assert temperatures == {"constant": 20.0, "last": 21.5}
    dead = broker.drain(DEAD_QUEUE)
    assert [letter.headers["x-dead-reason"] for letter in dead] == ["reused-id"] * 2
    assert "which another reading has: sensor constant" in dead[0].headers["x-dead-detail"]
    assert broker.ready() == 0


@both_modes
@both_queue_types
def test_a_duplicate_reading_is_stored_once(broker: VirtualHost, database: Database, run: Processes) -> None:
    with_id = reading(temperature=20.0)
    without_id = '{"id": 1, "data": "2025-08-11T23:16:59.428169", "temperatura": 23.84}'
    same_time_other_value = '{"id": 1, "data": "2025-08-11T23:16:59.428169", "temperatura": 23.85}'
    for body in (with_id, without_id, same_time_other_value) * 3:
        broker.publish(body)
    broker.publish(reading(sensor_id="the last"))

    consumer = run.start_consumer()

    eventually(lambda: consumer.stored_counts()[1] == 6, DEADLINE_SECONDS, "six duplicates are detected")
    eventually(lambda: database.count() == 4, DEADLINE_SECONDS, "each reading is stored once")
    assert consumer.stop() == 0
    temperatures = sorted(row["temperature"] for row in database.readings() if row["sensor_id"] == "1")
    assert temperatures == [20.0, 23.84, 23.85]
    assert broker.ready() == 0


@both_modes
def test_readings_published_to_the_exchange_are_stored_and_counted(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer(**with_http())
    for _ in range(20):
        broker.publish(reading(), exchange=EXCHANGE, routing_key="reading.1")
    broker.publish("rubbish", exchange=EXCHANGE, routing_key="reading.1")

    eventually(lambda: consumer.events("dead-lettered"), DEADLINE_SECONDS, "the last message is handled")
    assert database.count() == 20
    assert consumer.status("/livez") == consumer.status("/readyz") == 200
    eventually(
        lambda: consumer.stored_counts()[0] == 20, DEADLINE_SECONDS, "the consumer has logged every reading"
    )
    metrics = consumer.http_get("/metrics")[1]
    assert "pipeline_readings_stored_total 20.0" in metrics
    assert 'pipeline_messages_dead_lettered_total{reason="not-json"} 1.0' in metrics
    assert "pipeline_end_to_end_latency_seconds_count 20.0" in metrics


INVALID_BODIES = [
    (b"\xff\xfe\x00", "not-json", "JSON"),
    (b"", "not-json", "JSON"),
    (b"[1, 2]", "invalid-field", "is an array of 2: send "),
    (b'{"sensor_id": "1", "temperature": 20}', "invalid-field", "measured_at is missing"),
    (
        b'{"sensor_id": "1", "measured_at": "2026-01-01T00:00:00Z", "temperature": "20"}',
        "invalid-field",
        "temperature is '20'",
    ),
    (
        b'{"sensor_id": "a\\u0000b", "measured_at": "2026-01-01T00:00:00Z", "temperature": 20}',
        "invalid-field",
        "sensor_id is 'a\\x00b'",
    ),
    (b" " * (64 * 1024 + 1), "too-large", "65537 bytes"),
]


@both_modes
@both_queue_types
def test_an_invalid_message_is_dead_lettered_unchanged_with_every_header(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    sent = pika.BasicProperties(
        content_type="text/plain", content_encoding="utf-8", headers={"own": "kept", "count": 3},
        delivery_mode=1, priority=4, correlation_id="c", reply_to="r", message_id="m", timestamp=1234567890,
        type="t", app_id="a", cluster_id="x",
    )  # fmt: skip
    for body, _, _ in INVALID_BODIES:
        broker.publish(body, sent)
    broker.publish(reading(), sent)

    consumer = run.start_consumer()

    eventually(database.count, DEADLINE_SECONDS, "the valid reading behind them is stored")
    assert consumer.stop() == 0
    assert broker.ready() == 0
    dead = broker.drain(DEAD_QUEUE)
    assert [message.body for message in dead] == [body for body, _, _ in INVALID_BODIES]
    for message, (_, reason, detail) in zip(dead, INVALID_BODIES, strict=True):
        headers = message.headers
        assert (headers["own"], headers["count"]) == ("kept", 3)
        assert headers["x-dead-reason"] == reason
        assert detail in headers["x-dead-detail"]
        assert abs(datetime.now(UTC) - datetime.fromisoformat(headers["x-dead-at"])) < timedelta(minutes=1)
        assert headers["x-dead-by"].endswith(f":{consumer.pid}")
        assert (headers["x-original-exchange"], headers["x-original-routing-key"]) == ("", QUEUE)
        assert headers["x-replays"] == 0
        assert _without_headers(message.properties) == _without_headers(sent) | {"delivery_mode": 2}


def test_a_future_time_is_dead_lettered_with_its_exchange_and_routing_key(
    broker: VirtualHost, run: Processes
) -> None:
    broker.publish(
        reading(measured_at=(datetime.now(UTC) + timedelta(minutes=6)).isoformat()),
        exchange=EXCHANGE,
        routing_key="reading.fast.clock",
    )
    run.start_consumer().wait_for_event("dead-lettered")
    headers = broker.drain(DEAD_QUEUE)[0].headers
    assert headers["x-dead-reason"] == "future-time"
    assert "ahead of the consumer's clock" in headers["x-dead-detail"]
    assert (headers["x-original-exchange"], headers["x-original-routing-key"]) == (
        EXCHANGE, "reading.fast.clock",
    )  # fmt: skip


@both_modes
def test_a_reading_rejected_by_the_database_is_dead_lettered_with_the_database_error(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    database.query("ALTER TABLE reading ADD CONSTRAINT warm CHECK (temperature > 0)")
    for temperature in (1.0, 2.0, -1.0, 3.0):
        broker.publish(reading(temperature=temperature))

    consumer = run.start_consumer()

    eventually(lambda: database.count() == 3, DEADLINE_SECONDS, "the other readings are stored")
    assert consumer.stop() == 0
    dead = broker.drain(DEAD_QUEUE)
    assert [message.headers["x-dead-reason"] for message in dead] == ["rejected-by-database"]
    assert re.fullmatch(
        r'new row for relation "reading_\d{8}" violates check constraint "warm" \(SQLSTATE 23514\)',
        dead[0].headers["x-dead-detail"],
    )


def test_a_replayed_message_keeps_its_replay_count(broker: VirtualHost, run: Processes) -> None:
    broker.publish("rubbish", pika.BasicProperties(headers={"x-replays": 2, "x-dead-reason": "old"}))
    run.start_consumer().wait_for_event("dead-lettered")
    headers = broker.drain(DEAD_QUEUE)[0].headers
    assert (headers["x-replays"], headers["x-dead-reason"]) == (2, "not-json")


@both_queue_types
def test_with_prefetch_1_a_slow_consumer_holds_one_message_and_another_consumer_gets_the_rest(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    slow = run.start_consumer(PROCESSING_SECONDS_MIN="3600", PROCESSING_SECONDS_MAX="3600")
    broker.publish(reading(sensor_id="slow"))
    eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the slow consumer holds its message")
    quick = run.start_consumer()
    for _ in range(30):
        broker.publish(reading(sensor_id="quick"))

    eventually(lambda: database.count() == 30, DEADLINE_SECONDS, "the quick consumer stores the rest")
    eventually(
        lambda: quick.stored_counts() == (30, 0), DEADLINE_SECONDS, "the consumer has logged every reading"
    )
    assert slow.events("stored") == []
    assert broker.ready() == 0


def test_a_consumer_holds_as_many_messages_as_its_prefetch(broker: VirtualHost, run: Processes) -> None:
    for _ in range(10):
        broker.publish(reading())
    run.start_consumer(PREFETCH_COUNT="4", PROCESSING_SECONDS_MIN="60", PROCESSING_SECONDS_MAX="60")
    eventually(lambda: broker.ready() == 6, DEADLINE_SECONDS, "four messages are unacked")


@pytest.mark.parametrize("mode", [SMALL_BATCHES], ids=["batches of 10"])
def test_a_batch_is_one_transaction_and_the_default_prefetch_is_two_batches(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    for sequence in range(30):
        broker.publish(reading(sequence=sequence, sensor_id=f"{sequence % 3}"))
    with database.connect() as other, other.transaction():
        other.execute("LOCK TABLE reading")
        consumer = run.start_consumer(PREFETCH_COUNT="", BATCH_LINGER_SECONDS="10")
        eventually(
            lambda: broker.ready() == 10,
            DEADLINE_SECONDS,
            "only a batch and the next batch are unacked",
        )

    eventually(lambda: consumer.stored_counts() == (30, 0), DEADLINE_SECONDS, "every reading is stored")
    transactions = database.query("SELECT xmin::text, count(*) AS readings FROM reading GROUP BY xmin")
    assert [row["readings"] for row in transactions] == [10, 10, 10]
    assert len(consumer.events("batch stored")) == 3
    assert consumer.stop() == 0
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


@pytest.mark.parametrize("mode", [SMALL_BATCHES], ids=["batches of 10"])
def test_a_partial_batch_is_stored_after_its_linger(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer(BATCH_LINGER_SECONDS="3")
    for _ in range(3):
        broker.publish(reading())

    eventually(lambda: database.count() == 3, DEADLINE_SECONDS, "the readings are stored")
    assert consumer.wait_for_event("batch stored")["readings"] == 3
    assert consumer.wait_for_event("batch stored")["max_latency_ms"] >= 2_900


def _without_headers(properties: pika.BasicProperties) -> dict[str, Any]:
    return {name: value for name, value in vars(properties).items() if name != "headers"}


@pytest.mark.parametrize("mode", [AUTO], ids=lambda mode: mode.name)
def test_an_automatic_batch_contains_what_has_arrived(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer()
    broker.publish(reading())
    consumer.wait_for_event("stored")  # the line of a single message: nothing was waited for
    with database.connect() as other, other.transaction():
        other.execute("LOCK TABLE reading")
        for _ in range(600):
            broker.publish(reading())
        eventually(lambda: broker.ready() == 0, DEADLINE_SECONDS, "the consumer holds all")

    eventually(lambda: database.count() == 601, DEADLINE_SECONDS, "every reading is stored")
    transactions = database.query("SELECT count(*) AS readings FROM reading GROUP BY xmin")
    sizes = sorted(row["readings"] for row in transactions)
    assert sizes[0] == 1  # the first, which was alone
    assert sizes[-1] <= 500
    assert len(sizes) <= 30, "the backlog is stored in batches, whatever of it was received at the time"

"""Readings by MQTT at QoS 1, through the broker's plugin to the database or the dead-letter queue."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.database import Database
from tests.integration.dead_letters import Operator
from tests.modes import both_modes
from tests.mqtt import Device, device
from tests.processes import Processes
from tests.waiting import DEADLINE_SECONDS, eventually

TOPIC = "sensors/kitchen/temperature"
TIME = "2025-11-22T05:28:37.123456+00:00"


@pytest.fixture
def mqtt_device(broker: VirtualHost) -> Iterator[Device]:
    """A device in this test's virtual host."""
    with device(broker.server.mqtt_url, f"{broker.name}:{broker.name}", broker.name) as connected:
        yield connected


def minimal_payload(broker: VirtualHost, temperature: float) -> str:
    """Return the shortest accepted payload: a number, where the broker sets the timestamp."""
    if broker.server.adds_timestamps:
        return str(temperature)
    return json.dumps({"temperature": temperature, "measured_at": TIME})


@both_modes
def test_every_payload_format_is_stored_and_the_topic_names_the_sensor(
    broker: VirtualHost, database: Database, run: Processes, mqtt_device: Device
) -> None:
    mqtt_device.publish(TOPIC, json.dumps({"temperature": 70.7, "unit": "F", "measured_at": TIME}))
    mqtt_device.publish(TOPIC, '{"data": "2025-08-11T23:16:59.428169", "temperatura": 23.84}')
    mqtt_device.publish(
        "sensors/Ku\u0308che 2/temperature", json.dumps({"timestamp": TIME, "temperature": 20})
    )
    older_format = '{"id": 1, "data": "2025-08-11T23:16:59.428169", "temperatura": 23.84}'
    mqtt_device.publish("sensors/1/temperature", older_format)
    mqtt_device.publish(TOPIC, json.dumps({"id": 4711, "measured_at": TIME, "temperature": 22.5}))

    consumer = run.start_consumer()

    eventually(lambda: database.count() == 5, DEADLINE_SECONDS, "every reading is stored")
    assert consumer.stop() == 0
    stored = {(row["sensor_id"], row["measured_at"], row["temperature"]) for row in database.readings()}
    time, older = datetime.fromisoformat(TIME), datetime(2025, 8, 11, 23, 16, 59, 428169, UTC)
    assert stored == {
        ("kitchen", time, 21.5), ("kitchen", older, 23.84), ("Küche 2", time, 20.0), ("1", older, 23.84),
        ("kitchen", time, 22.5),
    }  # fmt: skip
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


@both_modes
def test_a_bare_number_gets_the_brokers_timestamp_or_is_dead_lettered_without_one(
    broker: VirtualHost, database: Database, run: Processes, mqtt_device: Device
) -> None:
    started_at = datetime.now(UTC)
    mqtt_device.publish(TOPIC, "21.5")
    run.start_consumer()
    eventually(
        lambda: database.count() + broker.ready(DEAD_QUEUE),
        DEADLINE_SECONDS,
        "the message is stored or dead-lettered",
    )
    if broker.server.adds_timestamps:
        [row] = database.readings()
        assert (row["sensor_id"], row["temperature"]) == ("kitchen", 21.5)
        assert (
            started_at - timedelta(seconds=1) < row["measured_at"] < datetime.now(UTC) + timedelta(seconds=1)
        )
    else:
        [dead] = broker.drain(DEAD_QUEUE)
        assert dead.headers["x-dead-detail"].startswith(
            "measured_at is missing, and the broker set no timestamp"
        )


INVALID = [
    ("it is warm", "not-json", "is not JSON"),
    ('"21.5"', "invalid-field", "is a number as text"),
    (f'{{"temperature": "warm", "timestamp": "{TIME}"}}', "invalid-field", "temperature is 'warm'"),
    ("-300", "invalid-field", "-273.15 to 10000 °C"),
    (
        '{"temperature": 20, "timestamp": "2999-01-01T00:00:00Z"}',
        "future-time",
        "ahead of the consumer's clock",
    ),
    (
        '{"temperature": 20, "sensor_id": "attic", "timestamp": "2026-11-22T05:28:37Z"}',
        "invalid-field",
        "sensor_id is 'attic', but the topic names the sensor 'kitchen'",
    ),
]


def test_an_invalid_message_is_dead_lettered_with_its_reason_and_topic(
    broker: VirtualHost, run: Processes, mqtt_device: Device
) -> None:
    published = [payload for payload in INVALID if broker.server.adds_timestamps or payload[0] != "-300"]
    for payload, _, _ in published:
        mqtt_device.publish(TOPIC, payload)

    run.start_consumer().wait_for_event("dead-lettered", times=len(published))

    dead = broker.drain(DEAD_QUEUE)
    assert [message.body.decode() for message in dead] == [payload for payload, _, _ in published]
    for message, (_, reason, detail) in zip(dead, published, strict=True):
        assert message.headers["x-dead-reason"] == reason
        assert detail in message.headers["x-dead-detail"]
        assert message.headers["x-original-exchange"] == "amq.topic"
        assert message.headers["x-original-routing-key"] == "sensors.kitchen.temperature"


def test_a_message_redelivered_after_its_commit_is_stored_once(
    broker: VirtualHost, database: Database, run: Processes, mqtt_device: Device
) -> None:
    # given a consumer that is killed between commit and ack
    mqtt_device.publish(TOPIC, minimal_payload(broker, 21.5))
    run.start("tests.fault_entrypoints.killed after").wait()
    assert database.count() == 1
    # when another consumer receives the message
    consumer = run.start_consumer()
    # then it is a duplicate
    eventually(lambda: consumer.stored_counts() == (0, 1), DEADLINE_SECONDS, "the duplicate is detected")
    assert database.count() == 1
    assert broker.ready(DEAD_QUEUE) == 0


def test_a_message_stored_in_isolation_gets_its_sensor_from_the_topic(
    broker: VirtualHost, database: Database, run: Processes, mqtt_device: Device
) -> None:
    mqtt_device.publish(TOPIC, minimal_payload(broker, 21.5))
    broker.lose_consumers(6)

    run.start_consumer().wait_for_event("stored in isolation")

    assert [row["sensor_id"] for row in database.readings()] == ["kitchen"]


def test_a_replayed_message_keeps_its_topic_and_its_time(
    broker: VirtualHost, database: Database, run: Processes, mqtt_device: Device
) -> None:
    # given a message that the database rejects, and rejects again when it is replayed
    sensorctl = Operator(run)
    database.query("ALTER TABLE reading ADD CONSTRAINT warm CHECK (temperature > 0)")
    mqtt_device.publish(TOPIC, minimal_payload(broker, -1.0))
    consumer = run.start_consumer()
    consumer.wait_for_event("dead-lettered")
    published_by = datetime.now(UTC)
    assert sensorctl.listed("--sensor", "kitchen")[0]["reason"] == "rejected-by-database"
    sensorctl("dead", "replay")
    consumer.wait_for_event("dead-lettered", times=2)
    # when the constraint is dropped and the message is replayed
    database.query("ALTER TABLE reading DROP CONSTRAINT warm")
    eventually(lambda: broker.ready(DEAD_QUEUE) == 1, DEADLINE_SECONDS, "the message is dead-lettered again")
    sensorctl("dead", "replay", "--sensor", "kitchen")
    # then it is stored with its sensor and its time
    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")
    [row] = database.readings()
    assert (row["sensor_id"], row["temperature"]) == ("kitchen", -1.0)
    assert row["measured_at"] <= published_by


def test_a_consumer_binds_the_topics_again_when_the_queue_was_deleted(
    broker: VirtualHost, database: Database, run: Processes, mqtt_device: Device
) -> None:
    broker.channel.queue_delete(QUEUE)
    run.start_consumer()

    mqtt_device.publish(TOPIC, minimal_payload(broker, 21.5))

    eventually(database.count, DEADLINE_SECONDS, "the reading is stored")

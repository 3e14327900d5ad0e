"""The sensor process: every reading that it takes arrives, in order, through outages of the broker."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from messaging.topology import EXCHANGE
from sensor.sources.factory import OFFICE_SAMPLE
from tests.broker import QUEUE, Message, VirtualHost
from tests.database import Database
from tests.processes import Process, Processes, with_http
from tests.proxy import Proxy
from tests.waiting import DEADLINE_SECONDS, always, eventually

FAST: dict[str, Any] = {"SENSOR_ID": "7", "SENSOR_INTERVAL_SECONDS": "0.05"}


@pytest.fixture
def five_rows(tmp_path: Path) -> dict[str, Any]:
    """Return the variables that make a sensor replay a file of five readings and end."""
    file = tmp_path / "five.csv"
    rows = [f"2026-01-01T00:00:0{number}Z,{20 + number}" for number in range(5)]
    file.write_text("\n".join(["timestamp,value", *rows]), encoding="utf-8")
    return FAST | {"SENSOR_SOURCE": f"replay:{file}", "REPLAY_LOOP": "false"}


def bodies(messages: list[Message]) -> list[dict[str, Any]]:
    return [json.loads(message.body) for message in messages]


def assert_complete(broker: VirtualHost, sensor: Process) -> list[dict[str, Any]]:
    """Check that every sequence of one run arrived, from 1 and in order; duplicates count once."""
    found = bodies(broker.drain())
    first_seen = list(dict.fromkeys(body["sequence"] for body in found))
    assert first_seen == list(range(1, len(first_seen) + 1))
    assert len({body["reading_id"] for body in found}) == len(first_seen)
    assert {body["run_id"] for body in found} == {sensor.events("measuring")[0]["run_id"]}
    return found


def test_a_message_has_every_field_and_property_of_the_format(broker: VirtualHost, run: Processes) -> None:
    sensor = run.start("sensor", **FAST)
    sensor.wait_for_published(5)
    assert sensor.stop() == 0

    messages = broker.drain()
    for message in messages:
        properties, body = message.properties, json.loads(message.body)
        assert properties.delivery_mode == 2
        assert properties.content_type == "application/json"
        assert properties.message_id == body["reading_id"]
        assert abs(properties.timestamp - time.time()) < 60
        assert properties.type == "reading.v1"
        assert properties.app_id == "sensor-7"
        assert (message.method.exchange, message.method.routing_key) == (EXCHANGE, "reading.7")
        assert set(body) == {
            "reading_id", "sensor_id", "measured_at", "temperature", "unit", "run_id", "sequence",
        }  # fmt: skip
        assert (body["sensor_id"], body["unit"]) == ("7", "celsius")
        assert UUID(body["reading_id"]).version == UUID(body["run_id"]).version == 7
        assert abs(datetime.now(UTC) - datetime.fromisoformat(body["measured_at"])) < timedelta(minutes=1)
        assert body["measured_at"].endswith("Z")
    assert [body["sequence"] for body in bodies(messages)] == list(range(1, len(messages) + 1))
    times = [body["measured_at"] for body in bodies(messages)]
    assert all(earlier < later for earlier, later in pairwise(times))


def test_it_serves_its_health_and_metrics(broker: VirtualHost, run: Processes) -> None:
    sensor = run.start("sensor", **with_http(), **FAST)
    sensor.wait_for_published(3)
    assert sensor.status("/livez") == sensor.status("/readyz") == 200
    metrics = sensor.http_get("/metrics")[1]
    assert "sensor_readings_dropped_total 0.0" in metrics
    assert "sensor_outbox_readings" in metrics
    assert sensor.http_get("/else")[0] == 404


@pytest.mark.parametrize(
    ("failure", "queue_type"),
    [(Proxy.cut, "quorum"), (Proxy.refuse, "classic"), (Proxy.drop_next_response, "quorum")],
)
def test_no_reading_is_missing_after_an_outage_of_the_broker(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy, failure: Callable[[Proxy], None]
) -> None:
    sensor = run.start("sensor", **with_http(), RABBITMQ_URL=broker.url_through(broker_proxy), **FAST)
    sensor.wait_for_published(5)
    failure(broker_proxy)
    sensor.wait_for_event("broker unavailable", times=2 if failure is Proxy.refuse else 1)
    assert sensor.status("/livez") == 200
    broker_proxy.forward()

    sensor.wait_for_event("connected to the broker", times=2)
    before = sensor.published_count()
    sensor.wait_for_published(before + 20)
    assert sensor.stop() == 0
    assert len(assert_complete(broker, sensor)) >= before + 20
    assert sensor.events("readings remain in the outbox") == []


def test_while_the_broker_is_down_it_is_not_ready_but_alive_and_continues_to_measure(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy
) -> None:
    sensor = run.start("sensor", **with_http(), RABBITMQ_URL=broker.url_through(broker_proxy), **FAST)
    sensor.wait_for_published(3)
    broker_proxy.refuse()

    assert sensor.wait_for_event("broker unavailable", times=3)["readings_pending"] > 0
    assert sensor.status("/readyz") == 503
    always(lambda: sensor.status("/livez") == 200, 0.5, "it is alive")
    broker_proxy.forward()

    eventually(lambda: sensor.status("/readyz") == 200, DEADLINE_SECONDS, "it is ready again")
    eventually(
        lambda: "sensor_outbox_readings 0.0" in sensor.http_get("/metrics")[1],
        DEADLINE_SECONDS,
        "no reading is pending",
    )
    assert sensor.stop() == 0
    assert_complete(broker, sensor)


def test_unroutable_readings_are_kept_until_a_queue_is_bound(broker: VirtualHost, run: Processes) -> None:
    broker.channel.queue_unbind(QUEUE, EXCHANGE, "reading.#")
    sensor = run.start("sensor", **FAST)
    assert "sensorctl setup" in sensor.wait_for_event("broker unavailable", times=2)["reason"]
    assert sensor.events("published") == []
    assert broker.ready() == 0

    broker.declare()

    sensor.wait_for_published(20)
    assert sensor.stop() == 0
    assert_complete(broker, sensor)


def test_without_its_exchange_it_waits_for_setup(broker: VirtualHost, run: Processes) -> None:
    broker.channel.exchange_delete(EXCHANGE)
    sensor = run.start("sensor", **with_http(), **FAST)
    assert "no exchange 'sensors'" in sensor.wait_for_event("broker unavailable", times=2)["reason"]
    assert sensor.status("/readyz") == 503

    broker.declare()

    sensor.wait_for_published(5)
    assert sensor.stop() == 0
    assert_complete(broker, sensor)


def test_it_requires_only_the_permission_to_write_to_the_exchange(
    broker: VirtualHost, run: Processes
) -> None:
    with broker.server.user_with_permissions(broker.name, write=f"^{EXCHANGE}$") as url:
        sensor = run.start("sensor", RABBITMQ_URL=url, **FAST)
        sensor.wait_for_published(3)
        assert sensor.stop() == 0
    assert_complete(broker, sensor)


def test_a_finite_replay_ends_after_its_last_confirm(
    broker: VirtualHost, run: Processes, five_rows: dict[str, Any]
) -> None:
    sensor = run.start("sensor", **five_rows)
    assert sensor.wait() == 0
    assert sensor.published_count() == 5
    found = assert_complete(broker, sensor)
    assert [body["temperature"] for body in found] == [20, 21, 22, 23, 24]


def test_a_finite_replay_waits_until_the_broker_is_up(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy, five_rows: dict[str, Any]
) -> None:
    broker_proxy.refuse()
    sensor = run.start("sensor", RABBITMQ_URL=broker.url_through(broker_proxy), **five_rows)
    eventually(
        lambda: [event for event in sensor.events("broker unavailable") if event["readings_pending"] == 5],
        DEADLINE_SECONDS,
        "all five are pending",
    )
    assert sensor.exit_code is None

    broker_proxy.forward()

    assert sensor.wait() == 0
    assert len(assert_complete(broker, sensor)) == 5


def test_pending_readings_are_published_after_sigterm(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy
) -> None:
    broker_proxy.refuse()
    # Long enough for a busy machine; another test covers the limit.
    sensor = run.start(
        "tests.fault_entrypoints.patched sensor sensor.__main__.DRAIN_SECONDS=60",
        RABBITMQ_URL=broker.url_through(broker_proxy),
        **FAST,
    )
    pending = sensor.wait_for_event("broker unavailable", times=3)["readings_pending"]
    assert pending > 0
    broker_proxy.forward()

    assert sensor.stop() == 0

    assert len(assert_complete(broker, sensor)) >= pending
    assert sensor.events("readings remain in the outbox") == []


def test_the_remaining_readings_are_logged_when_the_broker_is_down_at_sigterm(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy
) -> None:
    broker_proxy.refuse()
    sensor = run.start(
        "tests.fault_entrypoints.patched sensor sensor.__main__.DRAIN_SECONDS=1",
        RABBITMQ_URL=broker.url_through(broker_proxy),
        **FAST,
    )
    sensor.wait_for_event("broker unavailable", times=2)
    assert sensor.stop() == 0
    assert sensor.wait_for_event("readings remain in the outbox")["readings"] > 0


def test_the_process_ends_when_the_broker_is_not_up_within_the_connect_timeout(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy
) -> None:
    broker_proxy.refuse()
    sensor = run.start(
        "sensor", RABBITMQ_URL=broker.url_through(broker_proxy), CONNECT_TIMEOUT_SECONDS="1", **FAST
    )
    assert sensor.wait() == 69
    assert "Connection refused" in sensor.wait_for_event("dependency unavailable, exiting")["reason"]


def test_a_full_outbox_drops_the_oldest_readings_and_logs_it(
    broker: VirtualHost, run: Processes, broker_proxy: Proxy
) -> None:
    broker_proxy.refuse()
    variables = FAST | {"RABBITMQ_URL": broker.url_through(broker_proxy), "OUTBOX_MAX_READINGS": "3"}
    sensor = run.start("sensor", **with_http(), **variables)
    sensor.wait_for_event("readings dropped")
    eventually(lambda: dropped(sensor) > 5, DEADLINE_SECONDS, "the first readings are dropped")
    broker_proxy.forward()
    sensor.wait_for_published(3)
    assert sensor.stop() == 0
    sequences = [body["sequence"] for body in bodies(broker.drain())]
    assert sequences[0] > 5
    assert sequences == sorted(sequences)


def dropped(sensor: Process) -> float:
    lines = sensor.http_get("/metrics")[1].splitlines()
    values = [line.split()[1] for line in lines if line.startswith("sensor_readings_dropped_total ")]
    return float(values[0]) if values else 0


def test_the_real_office_temperatures_arrive_in_the_summary_in_celsius(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    fahrenheit = [
        float(line.split(",")[1]) for line in OFFICE_SAMPLE.read_text(encoding="utf-8").splitlines()[1:21]
    ]
    run.start_consumer()
    sensor = run.start("sensor", SENSOR_ID="office", SENSOR_SOURCE="office", SENSOR_INTERVAL_SECONDS="0.05")
    eventually(lambda: database.count() >= 20, DEADLINE_SECONDS, "twenty readings are stored")
    assert sensor.stop() == 0

    rows = database.query("SELECT temperature, sequence FROM reading WHERE sequence <= 20 ORDER BY sequence")
    assert [row["temperature"] for row in rows] == pytest.approx([(f - 32) * 5 / 9 for f in fahrenheit])
    (summary,) = database.query("SELECT * FROM last_hour_summary")
    assert summary["sensor_id"] == "office"
    assert summary["readings"] >= 20
    assert 15 < summary["min_temperature"] <= summary["mean_temperature"] <= summary["max_temperature"] < 30


def test_several_sensors_and_consumers_store_every_reading_once(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    consumers = [run.start_consumer() for _ in range(2)]
    sensors = [run.start("sensor", SENSOR_ID=name, SENSOR_INTERVAL_SECONDS="0.02") for name in ("a", "b")]
    for sensor in sensors:
        sensor.wait_for_published(100)
        assert sensor.stop() == 0
    published = sum(sensor.published_count() for sensor in sensors)

    eventually(lambda: database.count() == published, DEADLINE_SECONDS, "every reading is stored")
    assert all(consumer.events("stored") for consumer in consumers), "both consumers work"
    gaps = database.query(
        "SELECT sensor_id FROM reading GROUP BY sensor_id, run_id "
        "HAVING count(*) <> max(sequence) OR min(sequence) <> 1"
    )
    assert gaps == []

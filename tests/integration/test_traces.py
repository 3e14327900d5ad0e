"""Traces from the sensor to the commit, as a collector receives them, span by span."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pika
import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from messaging.topology import EXCHANGE
from tests.broker import DEAD_QUEUE, QUEUE, VirtualHost
from tests.database import Database
from tests.modes import SMALL_BATCHES
from tests.mqtt import device
from tests.otlp_collector import Collector, ReceivedSpan, otlp_collector
from tests.ports import reserve_port
from tests.processes import Processes, with_http
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

CREATE, SEND = (f"{operation} sensors:reading.{{sensor_id}}" for operation in ("create", "send"))
PROCESS, ACK = (f"{operation} sensors:reading.{{sensor_id}}:sensor_data" for operation in ("process", "ack"))
INSERT = "INSERT reading"
TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE_ID}-{PARENT_ID}-01"


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector to which processes export."""
    with otlp_collector() as collector:
        yield collector


def of_trace(collector: Collector, trace_id: str) -> dict[str, ReceivedSpan]:
    return {span.name: span for span in collector.spans if span.trace_id == trace_id}


def address(url: str) -> tuple[str | None, int | None]:
    return urlsplit(url).hostname, urlsplit(url).port


def test_a_reading_is_traced_from_the_sensor_to_the_commit(
    broker: VirtualHost, database: Database, run: Processes, collector: Collector
) -> None:
    resource = {"OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test%20bench"}
    headers = {
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20s3cret",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
    }
    consumer = run.start_consumer(**collector.variables, **resource, **headers)
    sensor = run.start(
        "sensor", SENSOR_ID="7", SENSOR_INTERVAL_SECONDS="0.05", **collector.variables, **resource, **headers
    )
    collector.wait_for(ACK, 3)

    assert sensor.stop() == consumer.stop() == 0

    assert {path for path, _ in collector.requests} == {"/v1/traces"}
    assert {headers["authorization"] for _, headers in collector.requests} == {"Bearer s3cret"}
    stored = {str(row["reading_id"]): row for row in database.readings()}
    assert len(collector.named(INSERT)) == len(stored) >= 3
    for created in collector.named(CREATE)[:3]:
        spans = of_trace(collector, created.trace_id)
        assert set(spans) == {CREATE, SEND, PROCESS, INSERT, ACK}
        sent, processed = spans[SEND], spans[PROCESS]
        assert created.parent_id == ""
        assert sent.parent_id == processed.parent_id == created.span_id
        assert sent.links == processed.links == (created.context,)
        assert created.started_at <= sent.started_at <= processed.started_at
        assert spans[INSERT].is_within(processed)
        assert spans[ACK].is_within(processed)
        assert spans[INSERT].ended_at <= spans[ACK].started_at

        kinds = {name: (span.service, span.kind) for name, span in spans.items()}
        assert kinds == {
            CREATE: ("sensor", "producer"),
            SEND: ("sensor", "client"),
            PROCESS: ("pipeline", "consumer"),
            INSERT: ("pipeline", "client"),
            ACK: ("pipeline", "client"),
        }
        reading_id = created.attributes["messaging.message.id"]
        for name, server in (
            (SEND, broker.url),
            (PROCESS, broker.url),
            (ACK, broker.url),
            (INSERT, database.url),
        ):
            attributes = spans[name].attributes
            assert (attributes["server.address"], attributes["server.port"]) == address(server)
        assert reading_id in stored
        assert sent.attributes == {
            "messaging.system": "rabbitmq",
            "messaging.operation.name": "send",
            "messaging.operation.type": "send",
            "messaging.destination.name": "sensors:reading.7",
            "messaging.destination.template": "sensors:reading.{sensor_id}",
            "messaging.rabbitmq.destination.routing_key": "reading.7",
            "messaging.message.id": reading_id,
            "server.address": urlsplit(broker.url).hostname,
            "server.port": urlsplit(broker.url).port,
        }
        assert spans[ACK].attributes["messaging.operation.type"] == "settle"
        assert processed.attributes["messaging.destination.name"] == "sensors:reading.7:sensor_data"
        assert not any(span.is_error for span in spans.values())
        assert processed.resource["deployment.environment.name"] == "test bench"

        for process, event in ((sensor, "published"), (consumer, "stored")):
            lines = [line for line in process.events(event) if line["trace_id"] == created.trace_id]
            assert len(lines) == 1
        (line,) = lines
        assert line["span_id"] == processed.span_id


@pytest.mark.parametrize("mode", [SMALL_BATCHES], ids=lambda mode: mode.name)
def test_a_batch_links_to_the_traces_of_its_messages(
    database: Database, run: Processes, collector: Collector
) -> None:
    sensor = run.start("sensor", SENSOR_ID="7", SENSOR_INTERVAL_SECONDS="0.01", **collector.variables)
    sensor.wait_for_published(10)
    assert sensor.stop() == 0

    created = collector.named(CREATE)
    consumer = run.start_consumer(**collector.variables)
    # A consumer that is stopped requeues what it has received and not started to store.
    eventually(lambda: database.count() == len(created), DEADLINE_SECONDS, "all is stored")
    assert consumer.stop() == 0

    batches = collector.named(f"process {QUEUE}")
    assert batches
    linked = [link for span in collector.named("process") for link in span.links]
    assert sorted(linked) == sorted(span.context for span in created)
    for batch in batches:
        assert batch.parent_id == ""
        assert len(batch.links) == batch.attributes["messaging.batch.message_count"]
        assert of_trace(collector, batch.trace_id)[INSERT].is_within(batch)
        assert of_trace(collector, batch.trace_id)[f"ack {QUEUE}"].is_within(batch)
    assert {line["trace_id"] for line in consumer.events("batch stored")} == {b.trace_id for b in batches}


def test_a_dead_letter_keeps_its_trace(
    broker: VirtualHost, database: Database, run: Processes, collector: Collector
) -> None:
    headers = {"traceparent": TRACEPARENT, "tracestate": "vendor=1"}
    consumer = run.start_consumer(**collector.variables)

    for body, trace in (("no JSON", headers), ("no JSON either", {"traceparent": "no context"})):
        properties = pika.BasicProperties(headers=trace)
        broker.publish(body, properties, exchange=EXCHANGE, routing_key="reading.7")

    collector.wait_for(ACK, 2)
    assert consumer.stop() == 0
    spans = of_trace(collector, TRACE_ID)
    processed = spans[PROCESS]
    assert processed.parent_id == PARENT_ID
    assert processed.is_error
    assert processed.attributes["error.type"] == "not-json"
    assert spans[f"send {DEAD_QUEUE}"].is_within(processed)
    (line, _) = consumer.events("dead-lettered")
    assert line["trace_id"] == TRACE_ID
    first, second = broker.drain(DEAD_QUEUE)
    assert headers.items() <= first.headers.items()
    assert second.headers["traceparent"] == "no context"


def test_a_device_with_mqtt_5_may_bring_its_trace(
    broker: VirtualHost, database: Database, run: Processes, collector: Collector
) -> None:
    consumer = run.start_consumer(**collector.variables)
    login = f"{broker.name}:{broker.name}", broker.name

    with device(broker.server.mqtt_url, *login, version=MQTTProtocolVersion.MQTTv5) as sensor:
        sensor.publish("sensors/7/temperature", json.dumps(reading("7")), traceparent=TRACEPARENT)
    with device(broker.server.mqtt_url, *login) as older:
        older.publish("sensors/8/temperature", json.dumps(reading("8")))

    collector.wait_for(f"ack {QUEUE}", 2)
    assert consumer.stop() == 0
    spans = {
        span.attributes["messaging.destination.name"]: (span.trace_id == TRACE_ID, span.parent_id)
        for span in collector.named(f"process {QUEUE}")
    }
    assert spans == {
        "amq.topic:sensors.7.temperature:sensor_data": (True, PARENT_ID),
        "amq.topic:sensors.8.temperature:sensor_data": (False, ""),
    }


def test_a_collector_that_is_down_loses_no_reading_and_delays_no_stop(
    broker: VirtualHost, database: Database, run: Processes, collector: Collector
) -> None:
    nowhere = collector.variables | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{reserve_port()}",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1000",
        "OTEL_BSP_MAX_QUEUE_SIZE": "10",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "5",
    }
    http = with_http()
    consumer = run.start_consumer(**nowhere, **http)
    for number in range(100):
        broker.publish(reading(sequence=number + 1))

    eventually(lambda: database.count() == 100, DEADLINE_SECONDS, "everything is stored")
    dropped = consumer.wait_for_event("traces dropped")

    assert "127.0.0.1" in dropped["collector"]
    assert "refused" in dropped["reason"]
    assert "traces_spans_dropped_total" in consumer.http_get("/metrics")[1]
    assert consumer.stop(promised_seconds=5) == 0
    assert broker.ready() == broker.ready(DEAD_QUEUE) == 0


def test_an_import_starts_a_trace_per_message(
    broker: VirtualHost, database: Database, run: Processes, collector: Collector, tmp_path: Path
) -> None:
    consumer = run.start_consumer(**collector.variables)
    file = tmp_path / "history.jsonl"
    file.write_text(json.dumps(reading()), encoding="utf-8")

    importing = run.start(f"sensorctl import {file}", **collector.variables)

    assert importing.wait() == 0, importing.text
    collector.wait_for(ACK)
    assert consumer.stop() == 0
    (sent,) = collector.named(SEND)
    assert (sent.service, sent.kind, sent.parent_id) == ("sensorctl", "producer", "")
    assert of_trace(collector, sent.trace_id)[PROCESS].parent_id == sent.span_id

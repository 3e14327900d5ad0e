"""Readings of sensors, other clients and MQTT devices reach the summary."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.e2e.compose import DEAD_QUEUE, ComposeStack, reading
from tests.e2e.compose_stack.conftest import CONSUMERS
from tests.mqtt import device
from tests.waiting import eventually

ARRIVAL_SECONDS = 90


def test_every_sensor_is_in_the_summary(stack: ComposeStack) -> None:
    def complete_summary() -> list[dict[str, Any]] | None:
        rows: list[dict[str, Any]] = json.loads(stack.sensorctl("summary", "--json"))
        return rows if {"1", "2", "3"} <= {row["sensor_id"] for row in rows} else None

    rows = eventually(complete_summary, ARRIVAL_SECONDS, "every sensor is in the summary")
    assert all(row["min_temperature"] <= row["mean_temperature"] <= row["max_temperature"] for row in rows)


def test_all_three_consumers_work(stack: ComposeStack) -> None:
    stack.publish(*(reading("load", number) for number in range(300)))
    eventually(lambda: len(stack.stored("load")) == 300, ARRIVAL_SECONDS, "every reading is stored")
    consumers = [c["Name"].strip("/") for c in stack.containers("pipeline-processor")]
    assert len(consumers) == CONSUMERS
    eventually(lambda: stack.consumers() == CONSUMERS, ARRIVAL_SECONDS, "every consumer consumes")
    for consumer in consumers:
        eventually(
            lambda consumer=consumer: "sensor=load" in stack.run("docker", "logs", consumer),  # type: ignore[misc]
            ARRIVAL_SECONDS,
            f"{consumer} stored a reading",
        )


def test_every_payload_format_of_other_clients_is_stored(stack: ComposeStack) -> None:
    now = datetime.now(UTC)
    stack.publish(
        json.dumps({"id": 901, "data": now.isoformat()[:-6], "temperatura": 23.84}).encode(),
        json.dumps({"sensor_id": "S902", "timestamp": now.isoformat(), "temperature": 22.5}).encode(),
        json.dumps(
            {"sensor_id": "S903", "measured_at": now.isoformat(), "temperature": 68, "unit": "F"}
        ).encode(),
    )
    summary = (
        "SELECT sensor_id, last_temperature FROM last_hour_summary "
        "WHERE sensor_id ~ '90.$' ORDER BY sensor_id"
    )
    eventually(lambda: len(stack.query(summary)) == 3, ARRIVAL_SECONDS, "every payload format is stored")
    assert stack.query(summary) == [("901", 23.84), ("S902", 22.5), ("S903", 20.0)]


def test_a_reading_sent_by_mqtt_is_stored(stack: ComposeStack) -> None:
    with device(f"mqtt://127.0.0.1:{stack.mqtt_port}", "sensor", "sensor") as client:
        client.publish("sensors/by-mqtt/temperature", "21.5")
    eventually(lambda: stack.stored("by-mqtt"), ARRIVAL_SECONDS, "the reading is stored")


def test_an_invalid_message_is_dead_lettered_with_its_reason(stack: ComposeStack) -> None:
    before = stack.ready(DEAD_QUEUE)
    stack.publish(b"{broken", b'{"sensor_id": "x", "temperature": 1}')
    eventually(
        lambda: stack.ready(DEAD_QUEUE) >= before + 2, ARRIVAL_SECONDS, "both messages are dead-lettered"
    )
    listing = json.loads(stack.sensorctl("dead", "list", "--json"))
    reasons = {message["body"]: message["reason"] for message in listing}
    assert reasons["{broken"] == "not-json"
    assert reasons['{"sensor_id": "x", "temperature": 1}'] == "invalid-field"


def test_the_replayed_office_temperatures_are_stored(stack: ComposeStack) -> None:
    # given the run of the replay, identified by the value of the first line of the file
    stack.compose("up", "-d", "sensor-3",
                  SENSOR_3_SOURCE="office", SENSOR_INTERVAL_SECONDS="0.1")  # fmt: skip
    runs = "SELECT run_id FROM reading WHERE sensor_id = '3' AND round(temperature::numeric, 7) = %s"
    first_value = Decimal("21.0449084")  # 69.88083514 °F
    ((run_id,),) = eventually(
        lambda: stack.query(runs, first_value), ARRIVAL_SECONDS, "the replay has started"
    )
    # then the readings of this run are office temperatures
    readings_of_run = "SELECT temperature FROM reading WHERE run_id = %s"
    eventually(
        lambda: len(stack.query(readings_of_run, run_id)) >= 20, ARRIVAL_SECONDS, "the replay continues"
    )
    assert all(10 < value < 35 for (value,) in stack.query(readings_of_run, run_id))
    stack.compose("up", "-d", "sensor-3")

"""A message that no queue takes is dead-lettered as `unroutable`, by every user, and can be replayed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from pika.exceptions import ChannelClosedByBroker, UnroutableError

from messaging.management.admin import declare_topology
from messaging.management.client import Management, ManagementRefused
from messaging.management.permissions import User, permissions_of
from messaging.topology import EXCHANGE, Topology
from runtime.settings import SecretStr
from tests.broker import DEAD_QUEUE, QUEUE, Message, VirtualHost, bare_connection
from tests.database import Database
from tests.integration.dead_letters import Operator
from tests.modes import both_modes
from tests.mqtt import device
from tests.processes import Processes, with_http
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually

WRONG_KEYS = ("sensor_data", "readings.x", "Reading.x", "x", "", ".", "reading", "é" * 100)


@pytest.fixture
def upgraded(broker: VirtualHost) -> VirtualHost:
    """A virtual host with the topology and the exchange of 0.1.0, after setup of this version."""
    set_up(broker)
    return broker


def set_up(broker: VirtualHost) -> None:
    declare_topology(broker.settings)
    Management(broker.settings).set_alternate_exchanges()


@contextmanager
def logged_in(broker: VirtualHost, user: str) -> Iterator[tuple[str, str]]:
    """Create a user with the permissions that setup gives; yield its name and its URL."""
    name = f"{user}-{uuid4().hex[:8]}"
    permissions = permissions_of(user, Topology(QUEUE))
    Management(broker.settings).ensure_user(User(name, SecretStr(name), permissions))
    try:
        yield name, broker.server.user_url(name, broker.name)
    finally:
        broker.server.api("DELETE", f"/api/users/{name}")


def dead_lettered(broker: VirtualHost, count: int) -> list[Message]:
    eventually(lambda: broker.ready(DEAD_QUEUE) >= count, DEADLINE_SECONDS, f"{count} dead letters")
    return broker.drain(DEAD_QUEUE)


@both_modes
@pytest.mark.parametrize("user", ["sensor", "operator", "owner"])
def test_a_wrong_routing_key_is_dead_lettered_and_its_replay_is_stored(
    upgraded: VirtualHost, database: Database, run: Processes, user: str
) -> None:
    # given a client that sets neither mandatory nor anything but what it must
    consumer = run.start_consumer()
    keys = [key for key in WRONG_KEYS if key != "reading"]
    bodies = [reading(f"sensor-{number}") for number in range(len(WRONG_KEYS))]

    def publish(url: str) -> None:
        with bare_connection(url) as client, client.channel() as channel:
            channel.confirm_delivery()
            for key, body in zip(WRONG_KEYS, bodies, strict=True):
                channel.basic_publish(EXCHANGE, key, json.dumps(body).encode())

    # when it publishes with keys that no binding takes; `reading` is one that is taken
    if user == "owner":
        publish(upgraded.url)
    else:
        with logged_in(upgraded, user) as (_, url):
            publish(url)
    # then each message is dead-lettered with its key, or stored
    consumer.wait_for_event("dead-lettered", times=len(keys))
    sensorctl = Operator(run)
    assert {row["reason"] for row in sensorctl.listed()} == {"unroutable"}
    letters = sensorctl.listed()
    assert [letter["headers"]["x-original-routing-key"] for letter in letters] == keys
    assert {letter["headers"]["x-original-exchange"] for letter in letters} == {EXCHANGE}
    assert "routing key reading.<sensor_id>" in letters[0]["detail"]
    # and a replay puts them into the queue
    sensorctl("dead", "replay", "--reason", "unroutable")
    eventually(lambda: database.count() == len(bodies), DEADLINE_SECONDS, "every reading is stored")
    assert upgraded.ready(DEAD_QUEUE) == 0


def test_by_mqtt_an_owner_with_a_wrong_topic_gets_a_dead_letter_and_other_applications_do_not(
    upgraded: VirtualHost, run: Processes
) -> None:
    consumer = run.start_consumer()
    with device(upgraded.server.mqtt_url, f"{upgraded.name}:{upgraded.name}", upgraded.name) as owner:
        owner.publish("zigbee2mqtt/kitchen", "21.5")
        owner.publish("sensors/kitchen/temperatur", "21.5")
        owner.publish("sensors/kitchen/humidity", "")
    consumer.wait_for_event("dead-lettered")

    [dead] = dead_lettered(upgraded, 1)
    assert dead.headers["x-dead-reason"] == "unroutable"
    assert "sensors/<sensor_id>/temperature" in dead.headers["x-dead-detail"]
    assert dead.headers["x-original-routing-key"] == "sensors.kitchen.temperatur"


def test_an_empty_mqtt_message_is_ignored_and_counted(
    upgraded: VirtualHost, database: Database, run: Processes
) -> None:
    consumer = run.start_consumer(**with_http())
    with device(upgraded.server.mqtt_url, f"{upgraded.name}:{upgraded.name}", upgraded.name) as owner:
        owner.publish("sensors/kitchen/temperature", "")
    consumer.wait_for_event("ignored")

    assert "pipeline_messages_ignored_total 1.0" in consumer.http_get("/metrics")[1]
    assert consumer.stop() == 0
    assert upgraded.ready() == upgraded.ready(DEAD_QUEUE) == database.count() == 0


def test_without_its_queue_a_mandatory_message_is_returned_as_before(upgraded: VirtualHost) -> None:
    upgraded.channel.queue_delete(QUEUE)

    with pytest.raises(UnroutableError):
        upgraded.publish(reading(), exchange=EXCHANGE, routing_key="reading.1")


def test_a_message_that_another_queue_takes_is_not_dead_lettered(upgraded: VirtualHost) -> None:
    upgraded.channel.queue_declare("alarms", durable=True)
    upgraded.channel.queue_bind("alarms", EXCHANGE, "alarm.#")

    upgraded.publish("fire", exchange=EXCHANGE, routing_key="alarm.kitchen")

    assert (upgraded.ready("alarms"), upgraded.ready()) == (1, 0)


def test_setup_does_not_replace_another_policy_of_the_exchange(broker: VirtualHost) -> None:
    declare_topology(broker.settings)
    definition = {"alternate-exchange": "amq.fanout"}
    policy = {"pattern": "^sensors$", "definition": definition, "apply-to": "exchanges"}
    broker.server.api("PUT", f"/api/policies/{broker.name}/theirs", policy)
    path = f"/api/exchanges/{broker.name}/{EXCHANGE}"
    eventually(lambda: broker.server.api("GET", path).get("policy"), DEADLINE_SECONDS, "it is applied")

    with pytest.raises(ManagementRefused, match="'theirs' applies to the exchange sensors"):
        Management(broker.settings).set_alternate_exchanges()


def test_a_consumer_with_the_permissions_of_0_1_0_still_consumes(
    broker: VirtualHost, database: Database, run: Processes
) -> None:
    permissions = {
        "configure": r"^(sensors|sensor_data|sensor_data\.dead)$",
        "write": r"^(sensor_data|amq\.default)$",
        "read": r"^(sensors|amq\.topic|sensor_data)$",
    }
    with broker.server.user_with_permissions(broker.name, **permissions) as url:
        run.start_consumer(RABBITMQ_URL=url)
        broker.publish(reading())
        eventually(database.count, DEADLINE_SECONDS, "the reading is stored")


@pytest.mark.parametrize("user", ["sensor", "alerter"])
def test_a_user_may_not_publish_readings_to_an_exchange_that_could_lose_them(
    broker: VirtualHost, user: str
) -> None:
    with logged_in(broker, user) as (_, url), bare_connection(url) as client:
        for exchange in ("", "amq.direct", "amq.fanout", "amq.headers", "amq.match", "amq.topic"):
            for key in (QUEUE, f"{QUEUE}s", DEAD_QUEUE, "reading.1", "sensors.1"):
                channel = client.channel()
                channel.confirm_delivery()
                with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
                    channel.basic_publish(exchange, key, b"{}")

"""Each user of the broker and each role of the database may do its work, and nothing beside it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker, ProbableAuthenticationError
from psycopg.errors import InsufficientPrivilege

from tests import mqtt
from tests.broker import DEAD_QUEUE, QUEUE, ApiRefused, RabbitMQ
from tests.database import Postgres
from tests.mqtt import Refused
from tests.privileges import Stack, sensorctl, set_up_stack
from tests.processes import processes
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually


@pytest.fixture(scope="module")
def stack(rabbitmq: RabbitMQ, postgres: Postgres) -> Iterator[Stack]:
    with set_up_stack(rabbitmq, postgres) as stack:
        yield stack


def publish(exchange: str, key: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.basic_publish(exchange, key, b"{}", mandatory=True)


def consume(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.basic_consume(queue, lambda *_: None)


def get(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.basic_get(queue)


def declare(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.queue_declare(queue, durable=True)


def delete(queue: str) -> Callable[[BlockingChannel], object]:
    return lambda channel: channel.queue_delete(queue)


def hear(exchange: str) -> Callable[[BlockingChannel], object]:
    def bind(channel: BlockingChannel) -> None:
        channel.queue_declare("events.test", durable=True)
        channel.queue_bind("events.test", exchange, "#")

    return bind


BROKER_REFUSES: list[tuple[str, str, Callable[[BlockingChannel], object]]] = [
    ("sensor", "publish straight to the queue", publish("", QUEUE)),
    ("sensor", "publish to another exchange", publish("amq.topic", "reading.1")),
    ("sensor", "publish to a topic that leads nowhere", publish("amq.topic", "sensors.a.b.temperature")),
    ("sensor", "consume", consume(QUEUE)),
    ("sensor", "look into the dead queue", get(DEAD_QUEUE)),
    ("sensor", "declare even the queue", declare(QUEUE)),
    ("sensor", "declare the exchange", lambda c: c.exchange_declare("sensors", "topic", durable=True)),
    ("sensor", "bind a queue", lambda c: c.queue_bind(QUEUE, "sensors", "reading.#")),
    ("sensor", "purge the queue", lambda c: c.queue_purge(QUEUE)),
    ("sensor", "delete the queue", delete(QUEUE)),
    ("pipeline", "publish readings", publish("sensors", "reading.1")),
    ("pipeline", "publish as MQTT does", publish("amq.topic", "sensors.1.temperature")),
    ("pipeline", "read dead letters", get(DEAD_QUEUE)),
    ("pipeline", "declare another queue", declare("other")),
    ("pipeline", "declare a queue whose name begins like its own", declare(f"{QUEUE}s")),
    ("pipeline", "bind to another exchange", lambda c: c.queue_bind(QUEUE, "amq.fanout", "#")),
    ("pipeline", "bind other topics of MQTT", lambda c: c.queue_bind(QUEUE, "amq.topic", "#")),
    ("operator", "publish as MQTT does", publish("amq.topic", "sensors.1.temperature")),
    ("operator", "consume readings", consume(QUEUE)),
    ("operator", "purge the queue", lambda c: c.queue_purge(QUEUE)),
    ("operator", "delete the dead queue", delete(DEAD_QUEUE)),
    ("operator", "declare", declare(DEAD_QUEUE)),
    ("operator", "publish events", publish("events", "x")),
    ("operator", "bind readings to its queues", hear("sensors")),
    ("operator", "declare a queue of another name", declare("events")),
    ("sensor", "publish events", publish("events", "x")),
    ("sensor", "hear of events", hear("events")),
    ("pipeline", "publish events", publish("events", "x")),
    ("pipeline", "hear of events", lambda c: c.queue_bind(QUEUE, "events", "#")),
    ("watch", "publish readings", publish("sensors", "reading.1")),
    ("watch", "publish straight to a queue", publish("", QUEUE)),
    ("watch", "publish as MQTT does", publish("amq.topic", "sensors.1.temperature")),
    ("watch", "look into the dead queue", get(DEAD_QUEUE)),
    ("watch", "consume readings", consume(QUEUE)),
    ("watch", "declare a queue", declare("events.mine")),
    ("watch", "delete the readings' exchange", lambda c: c.exchange_delete("sensors")),
]
API_REFUSES = [
    ("sensor", "GET", "/api/overview", None),
    ("pipeline", "GET", "/api/overview", None),
    ("operator", "GET", "/api/users", None),
    ("watch", "GET", "/api/users", None),
    ("watch", "DELETE", "/api/queues/{vhost}/sensor_data", None),
    ("operator", "PUT", "/api/users/another", {"password": "x", "tags": "administrator"}),
    ("operator", "PUT", "/api/vhosts/another", {}),
    ("operator", "DELETE", "/api/queues/{vhost}/sensor_data", None),
]
DATABASE_REFUSES = [
    ("writer", "SELECT * FROM reading"),
    ("writer", "SELECT * FROM last_hour_summary"),
    ("writer", "UPDATE reading SET temperature = 0"),
    ("writer", "DELETE FROM reading"),
    ("writer", "TRUNCATE reading"),
    ("writer", "UPDATE sensor SET name = 'x'"),
    ("writer", "DROP TABLE reading"),
    ("writer", "SELECT * FROM last_hour()"),
    ("writer", "SELECT * FROM sensor_states()"),
    ("writer", "SELECT * FROM sensor_status"),
    ("writer", "SELECT * FROM reading_minute"),
    ("writer", "UPDATE rollup_minute SET readings = 0"),
    ("writer", "INSERT INTO reading_default SELECT * FROM reading_default"),
    ("writer", "INSERT INTO retention VALUES (1)"),
    ("writer", "SELECT make_partitions(1)"),
    ("writer", "SELECT make_partition('2020-01-01')"),
    ("writer", "SELECT rebuild_rollups(now(), now())"),
    ("writer", "CREATE TABLE mine ()"),
    ("writer", "CREATE ROLE another"),
    ("reader", "SELECT * FROM reading"),
    ("reader", "SELECT * FROM sensor"),
    ("reader", "SELECT * FROM reading_default"),
    ("reader", "SELECT * FROM rollup_minute"),
    ("reader", "SELECT keep_partitions()"),
    ("reader", "SELECT drop_expired()"),
    ("reader", "INSERT INTO sensor (sensor_id) VALUES ('x')"),
    ("reader", "DELETE FROM reading"),
    ("reader", "UPDATE alembic_version SET version_num = 'x'"),
    ("reader", "CREATE VIEW mine AS SELECT 1"),
    ("reader", "DROP VIEW last_hour_summary"),
    ("reader", "SELECT rolpassword FROM pg_authid"),
]


@pytest.mark.parametrize(
    ("user", "action"),
    [(user, action) for user, _, action in BROKER_REFUSES],
    ids=[f"{user}: {what}" for user, what, _ in BROKER_REFUSES],
)
def test_the_broker_refuses_what_a_user_does_not_need(
    stack: Stack, user: str, action: Callable[[BlockingChannel], object]
) -> None:
    with stack.channel(user) as channel, pytest.raises(ChannelClosedByBroker) as refusal:
        action(channel)
    assert refusal.value.reply_code == 403
    assert "ACCESS_REFUSED" in refusal.value.reply_text


@pytest.mark.parametrize(("user", "method", "path", "body"), API_REFUSES)
def test_the_management_api_refuses_it_too(
    stack: Stack, user: str, method: str, path: str, body: object
) -> None:
    with pytest.raises(ApiRefused, match=r": (401|403|400) "):
        stack.api(user, method, path.format(vhost=stack.host.name), body)


@pytest.mark.parametrize(("role", "statement"), DATABASE_REFUSES)
def test_the_database_refuses_what_a_role_does_not_need(stack: Stack, role: str, statement: str) -> None:
    with stack.session(role) as session, pytest.raises(InsufficientPrivilege):
        session.execute(statement)


def test_a_writer_without_any_right_on_the_rollups_fills_them_and_keeps_the_partitions(stack: Stack) -> None:
    with stack.session("writer") as session:
        session.execute(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
            "VALUES (gen_random_uuid(), 'writer', now(), 20.5)"
        )
        assert session.execute("SELECT keep_partitions(), drop_expired()").fetchone() == (0, 0)
    with stack.session("reader") as session:
        for view in ("last_hour_summary", "reading_minute", "reading_hour"):
            seen = session.execute(f"SELECT readings FROM {view} WHERE sensor_id = 'writer'").fetchall()
            assert seen == [(1,)]


def test_the_operator_sees_the_brokers_figures(stack: Stack) -> None:
    assert stack.api("operator", "GET", f"/api/queues/{stack.host.name}/{QUEUE}")["durable"] is True


def test_the_watch_tells_and_the_operator_hears(stack: Stack, tmp_path: Path) -> None:
    # given an operator who has bound a queue, and a watch with its own rights
    variables = stack.broker_variables("watch") | stack.database_variables("reader") | {"QUEUE_NAME": QUEUE}
    with stack.channel("operator") as operator, processes(tmp_path, variables) as started:
        operator.queue_declare("events.test", durable=True)
        operator.queue_bind("events.test", "events", "#")
        watch = started.start("sensorctl watch", WATCH_INTERVAL_SECONDS="0.2", WATCH_HOLD_SECONDS="0")
        # when it finds that nobody consumes
        watch.logged("problem began")
        # then the operator hears it, and nothing was refused
        properties = eventually(lambda: heard_of(operator, b'"no-consumer"'), DEADLINE_SECONDS, "it is told")
        assert properties.app_id == "watch"
        operator.queue_delete("events.test")
        assert watch.stop() == 0
        assert "ACCESS_REFUSED" not in watch.text


def heard_of(operator: BlockingChannel, words: bytes) -> pika.BasicProperties | None:
    """The properties of the next event, if it says so."""
    _, properties, body = operator.basic_get("events.test", auto_ack=True)
    return properties if body and words in body else None


def test_everything_works_with_these_rights_alone(stack: Stack, tmp_path: Path) -> None:
    tools = stack.broker_variables("operator") | stack.database_variables("reader")
    worker = stack.broker_variables("pipeline") | stack.database_variables("writer")
    with (
        processes(tmp_path, worker | {"QUEUE_NAME": QUEUE}) as workers,
        processes(tmp_path, stack.broker_variables("sensor")) as sensors,
    ):
        # given a consumer and a sensor, each as its own user
        consumer = workers.consumer()
        sensor = sensors.start("sensor", SENSOR_INTERVAL_SECONDS="0.1")
        # when readings flow, a bad one among them, and one twice
        sensor.logged("published")
        twice = reading("twice")
        for body in (twice, twice, "{broken"):
            stack.host.publish(body)
        # then they are stored once, or dead, and the operator's tools show all of it
        consumer.logged("dead-lettered")
        eventually(
            lambda: '"twice"' in sensorctl(tools, "summary", "--json").stdout,
            DEADLINE_SECONDS,
            "it is stored",
        )
        assert "{broken" in sensorctl(tools, "dead", "list").stdout
        assert "{broken" in sensorctl(tools, "dead", "list").stdout
        eventually(lambda: sensorctl(tools, "doctor").returncode == 0, DEADLINE_SECONDS, "doctor is content")
        status = eventually(
            lambda: dead_letters(tools), DEADLINE_SECONDS, "the status tells of the dead letter"
        )
        assert "not-json" in status["problems"][0]["sentence"]
        assert "twice" in [sensor["sensor_id"] for sensor in status["sensors"]]
        # and what is replayed dies again; exported, discarded and imported, it is dead again
        assert sensorctl(tools, "dead", "replay").returncode == 0
        eventually(
            lambda: '"x-replays": 1' in sensorctl(tools, "dead", "list", "--json").stdout,
            DEADLINE_SECONDS,
            "dead",
        )
        exported = str(tmp_path / "dead.jsonl")
        assert sensorctl(tools, "dead", "export", exported).returncode == 0
        assert sensorctl(tools, "dead", "discard", "--yes").returncode == 0
        assert stack.host.ready(DEAD_QUEUE) == 0
        assert sensorctl(tools, "dead", "import", exported).returncode == 0
        assert stack.host.ready(DEAD_QUEUE) == 1
        # and history comes out and goes in
        history = str(tmp_path / "history.jsonl")
        assert sensorctl(tools, "export", history).returncode == 0
        again = sensorctl(tools, "import", history)
        assert again.returncode == 0, again.stdout
        balance = sensorctl(tools, "reconcile")
        assert balance.returncode == 0, balance.stdout
        sizes = sensorctl(tools, "sizes")
        assert sizes.returncode == 0, sizes.stdout
        assert "rollup_minute" in sizes.stdout
        assert (sensor.stop(), consumer.stop()) == (0, 0)
        assert stack.database.rows("SELECT count(*) FROM reading WHERE sensor_id = 'twice'") == [{"count": 1}]


def test_by_mqtt_a_sensor_publishes_to_the_topic_of_a_sensor_and_does_nothing_else(stack: Stack) -> None:
    stack.host.take_all()
    with stack.device("sensor") as device:
        device.publish("sensors/by-mqtt/temperature", "21.5")
    keys = [message.method.routing_key for message in stack.host.take_all()]
    assert keys == ["sensors.by-mqtt.temperature"]
    for topic in ("sensors/temperature", "sensors/a/b/temperature", "sensors/a.b/temperature", "events/x"):
        with stack.device("sensor") as device, pytest.raises(Refused):
            device.publish(topic, "21.5")
    with stack.device("sensor") as device, pytest.raises(Refused):
        device.subscribe("sensors/+/temperature")
    assert stack.host.take_all() == []


@pytest.mark.parametrize("user", ["pipeline", "operator"])
def test_by_mqtt_the_others_do_nothing(stack: Stack, user: str) -> None:
    with pytest.raises(Refused), stack.device(user) as device:
        device.publish("sensors/1/temperature", "21.5")


@pytest.mark.parametrize(("user", "password"), [(None, None), ("guest", "guest"), ("", "")])
def test_by_mqtt_too_nobody_gets_in_without_a_name(
    stack: Stack, user: str | None, password: str | None
) -> None:
    with pytest.raises(Refused), mqtt.device(stack.host.server.mqtt_url, user, password):
        pass


def test_whoever_has_no_name_or_is_guest_does_not_get_in(stack: Stack) -> None:
    for credentials in (Anonymous("", ""), pika.PlainCredentials("guest", "guest")):
        parameters = pika.URLParameters(stack.host.url)
        parameters.credentials = credentials
        with pytest.raises((ProbableAuthenticationError, AMQPConnectionError)):
            pika.BlockingConnection(parameters)


def dead_letters(tools: dict[str, str]) -> dict[str, Any]:
    """What `sensorctl status` says once dead letters are all that is wrong."""
    status: dict[str, Any] = json.loads(sensorctl(tools, "status", "--json").stdout)
    return status if [problem["kind"] for problem in status["problems"]] == ["dead-letters"] else {}


class Anonymous(pika.PlainCredentials):  # type: ignore[misc]  # pika ships no types
    """Logs in as RabbitMQ 4 lets everybody by default."""

    def response_for(self, start: Any) -> tuple[str, bytes]:
        return "ANONYMOUS", b""

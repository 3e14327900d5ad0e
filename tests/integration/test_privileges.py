"""Each broker user and each database role has exactly the privileges that it needs."""

import getpass
import json
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import closing
from pathlib import Path
from typing import Any

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker, ProbableAuthenticationError
from psycopg.errors import InsufficientPrivilege

from db.queries.limits import ExcursionFilter, Limits
from db.settings import DatabaseSettings
from db.workflows.requests import RequestOptions, WorkflowRequests
from jobs.spec import JobSpec
from limits.definition import define_limits, define_silence
from native.ports import free_port
from runtime.settings import load
from tests import mqtt
from tests.broker import DEAD_QUEUE, QUEUE, ApiError, RabbitMQ
from tests.database import Postgres
from tests.integration.rejected_operations import REJECTED_BY_API, REJECTED_BY_BROKER, REJECTED_BY_DATABASE
from tests.integration.workflow_service import service
from tests.mqtt import MqttRejected
from tests.privileges import PASSWORD, Stack, sensorctl, set_up_stack
from tests.processes import processes
from tests.readings import reading
from tests.waiting import DEADLINE_SECONDS, eventually
from workflows.settings import WorkflowsSettings


@pytest.fixture(scope="module")
def stack(rabbitmq: RabbitMQ, postgres: Postgres) -> Iterator[Stack]:
    with set_up_stack(rabbitmq, postgres) as stack:
        yield stack


@pytest.mark.parametrize(
    ("user", "action"),
    [(user, action) for user, _, action in REJECTED_BY_BROKER],
    ids=[f"{user}: {what}" for user, what, _ in REJECTED_BY_BROKER],
)
def test_the_broker_rejects_operations_without_permission(
    stack: Stack, user: str, action: Callable[[BlockingChannel], object]
) -> None:
    with stack.channel(user) as channel, pytest.raises(ChannelClosedByBroker) as rejection:
        action(channel)
    assert rejection.value.reply_code == 403
    assert "ACCESS_REFUSED" in rejection.value.reply_text


@pytest.mark.parametrize(("user", "method", "path", "body"), REJECTED_BY_API)
def test_the_management_api_rejects_requests_without_permission(
    stack: Stack, user: str, method: str, path: str, body: object
) -> None:
    with pytest.raises(ApiError, match=r": (401|403|400) "):
        stack.api(user, method, path.format(vhost=stack.host.name), body)


@pytest.mark.parametrize(("role", "statement"), REJECTED_BY_DATABASE)
def test_the_database_rejects_statements_without_privilege(stack: Stack, role: str, statement: str) -> None:
    with stack.session(role) as session, pytest.raises(InsufficientPrivilege):
        session.execute(statement)


def test_a_writer_without_privileges_on_the_rollups_updates_them_and_maintains_partitions(
    stack: Stack,
) -> None:
    with stack.session("writer") as session:
        session.execute(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
            "VALUES (gen_random_uuid(), 'writer', now(), 20.5)"
        )
        assert session.execute("SELECT create_partitions(), drop_expired()").fetchone() == (0, 0)
        assert session.execute("SELECT roll_up_hours() >= 0").fetchone() == (True,)
    with stack.session("reader") as session:
        for view in ("last_hour_summary", "reading_minute", "reading_hour"):
            seen = session.execute(f"SELECT readings FROM {view} WHERE sensor_id = 'writer'").fetchall()
            assert seen == [(1,)]


def test_a_reader_may_acknowledge_a_loss(stack: Stack) -> None:
    with stack.session("reader") as session:
        session.execute("SELECT acknowledge_loss('acknowledging', gen_random_uuid(), 3, 4, 'known')")
        query = (
            "SELECT last_sequence, acknowledged_by FROM acknowledged_loss WHERE sensor_id = 'acknowledging'"
        )
        assert session.execute(query).fetchall() == [(4, stack.name("reader"))]


def test_a_manager_reads_what_a_reader_reads_and_changes_through_functions(stack: Stack) -> None:
    with stack.session("manager") as session:
        session.execute("SELECT * FROM last_hour_summary")
        session.execute("SELECT create_api_key('key:boss', 'manager test', 'viewer', sha256('x'))")
        session.execute("SELECT note_key_use('{1}')")
        session.execute(
            "SELECT record_dead_letter_change('key:boss', 'replay', '{a,b}', '{null,null}', null)"
        )
        rows = session.execute("SELECT action, object_id FROM audit ORDER BY audit_id").fetchall()
        assert rows[-3:] == [("create", "manager test"), ("replay", "a"), ("replay", "b")]


def test_a_manager_manages_limits_and_silences(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    with stack.session("writer") as session:
        session.execute("INSERT INTO sensor (sensor_id) VALUES ('limited')")
    for name, value in stack.database_variables("manager").items():
        monkeypatch.setenv(name, value)
    with closing(Limits(load(DatabaseSettings))) as limits:
        [limit] = limits.set("test", define_limits(sensor_id="limited", high=8))
        silence = limits.silence("test", define_silence(pattern="limit*", **{"for": "1h"}))
        assert limits.read("limited") == [limit]
        assert limits.silences("limited") == limits.silences() == [silence]
        assert limits.silences("another") == limits.excursions(ExcursionFilter(["limited"]), 1) == []
        limits.end_silence("test", silence["silence_id"])
        limits.remove("test", limit["limit_id"])


def test_the_operator_reads_the_brokers_statistics(stack: Stack) -> None:
    assert stack.api("operator", "GET", f"/api/queues/{stack.host.name}/{QUEUE}")["durable"] is True


def test_the_alerter_publishes_and_the_operator_subscribes(stack: Stack, tmp_path: Path) -> None:
    # given an operator who has bound a queue, an alerter with its own permissions, and an excursion
    variables = (
        stack.broker_variables("alerter") | stack.database_variables("evaluator") | {"QUEUE_NAME": QUEUE}
    )
    with stack.session("writer") as session:
        session.execute("INSERT INTO sensor (sensor_id) VALUES ('too warm')")
    with stack.session("manager") as session:
        session.execute(
            """SELECT set_limits('test', '[{"kind": "high", "sensor_id": "too warm", "threshold": 8,
            "severity": "warning", "location": null, "pattern": null}]')"""
        )
    with stack.session("writer") as session:
        session.execute(
            "INSERT INTO reading (reading_id, sensor_id, measured_at, temperature) "
            "VALUES (gen_random_uuid(), 'too warm', now(), 9)"
        )
    with stack.channel("operator") as operator, processes(tmp_path, variables) as started:
        operator.queue_declare("events.test", durable=True)
        operator.queue_bind("events.test", "events", "#")
        alerter = started.start("sensorctl alerter", ALERTER_INTERVAL_SECONDS="0.2", ALERTER_FOR_SECONDS="0")
        # when it finds that the queue has no consumers
        alerter.wait_for_event("alert firing")
        # then the operator receives it, and the broker rejects nothing
        received = dict[str, str | None]()
        eventually(
            lambda: receive_event(operator, received) >= {"NoConsumers", "TemperatureHigh"},
            DEADLINE_SECONDS,
            "an alert and the excursion arrive",
        )
        assert set(received.values()) == {"alerter"}
        operator.queue_delete("events.test")
        assert alerter.stop() == 0
        assert "ACCESS_REFUSED" not in alerter.text
        assert alerter.events("limits not evaluated") == []


def receive_event(operator: BlockingChannel, received: dict[str, str | None]) -> AbstractSet[str]:
    """Add the next event's alert and application, and return the alerts received so far."""
    _, properties, body = operator.basic_get("events.test", auto_ack=True)
    if body:
        received[json.loads(body)["alerts"][0]["labels"]["alertname"]] = properties.app_id
    return received.keys()


def test_the_whole_system_works_with_these_privileges(stack: Stack, tmp_path: Path) -> None:
    manager = {
        "POSTGRES_MANAGER_USER": stack.name("manager"),
        "POSTGRES_MANAGER_PASSWORD": PASSWORD,
    }
    tools = stack.broker_variables("operator") | stack.database_variables("reader") | manager
    worker = stack.broker_variables("pipeline") | stack.database_variables("writer")
    with (
        processes(tmp_path, worker | {"QUEUE_NAME": QUEUE}) as workers,
        processes(tmp_path, stack.broker_variables("sensor")) as sensors,
    ):
        # given a consumer and a sensor, each as its own user
        consumer = workers.start_consumer()
        sensor = sensors.start("sensor", SENSOR_INTERVAL_SECONDS="0.1")
        # when readings are published, one of them invalid and one twice
        sensor.wait_for_event("published")
        twice = reading("twice")
        for body in (twice, twice, "{broken"):
            stack.host.publish(body)
        # then they are stored once or dead-lettered, and the operator's tools show it
        consumer.wait_for_event("dead-lettered")
        eventually(
            lambda: '"twice"' in sensorctl(tools, "summary", "--json").stdout,
            DEADLINE_SECONDS,
            "it is stored",
        )
        assert "{broken" in sensorctl(tools, "dead", "list").stdout
        assert "{broken" in sensorctl(tools, "dead", "list").stdout
        eventually(
            lambda: sensorctl(tools, "doctor").returncode == 0, DEADLINE_SECONDS, "doctor finds no problem"
        )
        status = eventually(lambda: dead_letters(tools), DEADLINE_SECONDS, "the status shows the dead letter")
        assert "not-json" in status["problems"][0]["message"]
        assert "twice" in [sensor["sensor_id"] for sensor in status["sensors"]]
        # and a replayed message is dead-lettered again; exported, discarded and imported, it is in the queue
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
        # and the audit says who did what
        audited = json.loads(sensorctl(tools, "audit", "list", "--kind", "dead-letter", "--json").stdout)
        actions = ["discard", "request-discard", "replay", "request-replay"]
        assert [entry["action"] for entry in audited[:4]] == actions
        assert audited[0]["actor"] == f"sensorctl:{getpass.getuser()}"
        # and readings can be exported and imported
        history = str(tmp_path / "history.jsonl")
        assert sensorctl(tools, "export", history).returncode == 0
        again = sensorctl(tools, "import", history)
        assert again.returncode == 0, again.stdout
        balance = sensorctl(tools, "reconcile")
        assert balance.returncode == 0, balance.stdout
        storage = sensorctl(tools, "storage")
        assert storage.returncode == 0, storage.stdout
        assert "rollup_minute" in storage.stdout
        assert (sensor.stop(), consumer.stop()) == (0, 0)
        assert stack.database.query("SELECT count(*) FROM reading WHERE sensor_id = 'twice'") == [
            {"count": 1}
        ]


def test_the_service_for_workflows_and_a_worker_work_with_these_privileges(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (stack.broker_variables("workflows") | stack.database_variables("manager")).items():
        monkeypatch.setenv(name, value)
    settings = load(WorkflowsSettings, http_port=free_port())
    with (
        service(settings),
        closing(WorkflowRequests(settings)) as requests,
        stack.channel("worker") as worker,
    ):
        jobs = [JobSpec("dummy", {})]
        requested = requests.request("test", "dummy", {}, jobs, RequestOptions()).workflow_id
        eventually(
            lambda: worker.basic_get("jobs.dummy", auto_ack=True)[2], DEADLINE_SECONDS, "there is a ticket"
        )
        worker.queue_declare("control.worker.w1", exclusive=True, arguments={"x-queue-type": "classic"})
        worker.queue_bind("control.worker.w1", "control", "ping.w1")
        worker.basic_publish("events", "pong.1", b"{}")
        with stack.channel("operator") as operator:
            command = {"command": "stop", "target": str(requested)}
            operator.basic_publish("control", "ping.w1", b"{}", mandatory=True)
            operator.basic_publish("control", f"stop.{requested}", json.dumps(command), mandatory=True)
        states = "SELECT state FROM workflow WHERE workflow_id = %s"
        eventually(
            lambda: stack.database.query(states, requested) == [{"state": "cancelled"}],
            DEADLINE_SECONDS,
            "it is cancelled",
        )


def test_over_mqtt_a_sensor_may_only_publish_to_sensor_topics(stack: Stack) -> None:
    stack.host.drain()
    with stack.device("sensor") as device:
        device.publish("sensors/by-mqtt/temperature", "21.5")
    keys = [message.method.routing_key for message in stack.host.drain()]
    assert keys == ["sensors.by-mqtt.temperature"]
    for topic in ("sensors/temperature", "sensors/a/b/temperature", "sensors/a.b/temperature", "events/x"):
        with stack.device("sensor") as device, pytest.raises(MqttRejected):
            device.publish(topic, "21.5")
    with stack.device("sensor") as device, pytest.raises(MqttRejected):
        device.subscribe("sensors/+/temperature")
    assert stack.host.drain() == []


@pytest.mark.parametrize("user", ["pipeline", "operator"])
def test_over_mqtt_other_users_may_do_nothing(stack: Stack, user: str) -> None:
    with pytest.raises(MqttRejected), stack.device(user) as device:
        device.publish("sensors/1/temperature", "21.5")


@pytest.mark.parametrize(("user", "password"), [(None, None), ("guest", "guest"), ("", "")])
def test_over_mqtt_anonymous_logins_are_rejected(
    stack: Stack, user: str | None, password: str | None
) -> None:
    with pytest.raises(MqttRejected), mqtt.device(stack.host.server.mqtt_url, user, password):
        pass


def test_anonymous_and_guest_logins_are_rejected(stack: Stack) -> None:
    for credentials in (Anonymous("", ""), pika.PlainCredentials("guest", "guest")):
        parameters = pika.URLParameters(stack.host.url)
        parameters.credentials = credentials
        with pytest.raises((ProbableAuthenticationError, AMQPConnectionError)):
            pika.BlockingConnection(parameters)


def dead_letters(tools: dict[str, str]) -> dict[str, Any]:
    """Return the output of `sensorctl status` once dead letters are the only problem."""
    status: dict[str, Any] = json.loads(sensorctl(tools, "status", "--json").stdout)
    return status if [problem["kind"] for problem in status["problems"]] == ["dead-letters"] else {}


class Anonymous(pika.PlainCredentials):  # type: ignore[misc]  # pika ships no types
    """Anonymous credentials, which RabbitMQ 4 accepts by default."""

    def response_for(self, start: Any) -> tuple[str, bytes]:
        return "ANONYMOUS", b""

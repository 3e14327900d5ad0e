"""The compose stack as its users meet it: built, started, watched, scaled, broken, stopped."""

import json
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pika
import psycopg
import pytest
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from tests.e2e.compose import ComposeStack, copy_of_the_repository, require_docker
from tests.e2e.load import Load
from tests.e2e.prometheus import Prometheus, metrics_in, queries_of
from tests.mqtt import device
from tests.waiting import eventually

QUEUE = "sensor_data"
DEAD = "sensor_data.dead"
EXEC = ("docker", "exec")
STATUS = ("docker", "compose", "run", "--rm", "-T", "sensorctl", "status")
OWN_SERVICES = ("sensor-1", "sensor-2", "sensor-3", "pipeline-processor", "alerter", "dashboard")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeStack]:
    require_docker()
    folder = copy_of_the_repository(tmp_path_factory.mktemp("clone"))
    stack = ComposeStack(folder, project=f"sensors-e2e-{uuid.uuid4().hex[:8]}", profiles="metrics")
    try:
        stack.said = stack.run("make", "up", "MODE=docker", "PIPELINES=3")  # type: ignore[attr-defined]
        yield stack
    finally:
        stack.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")


@pytest.fixture(scope="module")
def prometheus(stack: ComposeStack) -> Prometheus:
    return Prometheus(stack.prometheus_port)


def publish(stack: ComposeStack, *bodies: bytes) -> None:
    with closing(pika.BlockingConnection(pika.URLParameters(stack.amqp_url))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for body in bodies:
            channel.basic_publish("", QUEUE, body, mandatory=True)


def stored(stack: ComposeStack, sensor_id: str) -> set[uuid.UUID]:
    return {row[0] for row in stack.query("SELECT reading_id FROM reading WHERE sensor_id = %s", sensor_id)}


def everything_stored(stack: ComposeStack, load: Load, sensor_id: str) -> None:
    eventually(
        lambda: load.confirmed <= stored(stack, sensor_id),
        within_seconds=90,
        message="confirmed readings are not stored",
    )
    assert len(load.confirmed) > 50, "the load was too small to prove anything"


def queue_is_settled(stack: ComposeStack) -> None:
    eventually(
        lambda: (
            stack.depth(QUEUE)["messages_unacknowledged"] == 0 and stack.depth(QUEUE)["messages_ready"] <= 2
        ),
        within_seconds=60,
        message="the queue did not drain",
    )


def nothing_more_is_dead(stack: ComposeStack, before: int) -> None:
    # A broker that was just started counts an idle queue as empty for some seconds.
    eventually(lambda: dead_count(stack) >= before, within_seconds=30, message="dead letters are lost")
    assert dead_count(stack) == before


def dead_count(stack: ComposeStack) -> int:
    return stack.depth(DEAD)["messages_ready"]


class Anonymous(pika.PlainCredentials):  # type: ignore[misc]  # pika ships no types
    """Logs in as RabbitMQ 4 lets everybody by default."""

    def response_for(self, start: Any) -> tuple[str, bytes]:
        return "ANONYMOUS", b""


class TestUp:
    def test_make_up_says_what_runs_and_shows_the_first_rows(self, stack: ComposeStack) -> None:
        said: str = stack.said  # type: ignore[attr-defined]
        assert f"http://127.0.0.1:{stack.management_port}" in said
        assert f"http://127.0.0.1:{stack.prometheus_port}" in said
        assert f"http://127.0.0.1:{stack.dashboard_port}" in said
        assert "psql" in said
        assert "logs" in said
        assert "The last hour" in said

    def test_a_second_up_is_harmless(self, stack: ComposeStack) -> None:
        before = {c["Id"] for c in stack.containers(*OWN_SERVICES)}
        stack.run("make", "up", "MODE=docker", "PIPELINES=3")
        assert {c["Id"] for c in stack.containers(*OWN_SERVICES)} == before

    def test_every_container_is_healthy_and_published_on_loopback_only(self, stack: ComposeStack) -> None:
        for container in stack.containers("rabbitmq", "postgres", "prometheus", *OWN_SERVICES):
            assert container["State"]["Health"]["Status"] == "healthy", container["Name"]
            published = [b for bs in container["NetworkSettings"]["Ports"].values() for b in bs or []]
            assert {binding["HostIp"] for binding in published} <= {"127.0.0.1"}
            limits = container["HostConfig"]
            assert limits["Memory"] > 0
            assert limits["Init"] is True
            assert limits["RestartPolicy"]["Name"] == "unless-stopped"
            assert limits["LogConfig"]["Config"]["max-size"] == "10m"

    def test_every_container_is_confined(self, stack: ComposeStack) -> None:
        for container in stack.containers("rabbitmq", "postgres", "prometheus", "setup", *OWN_SERVICES):
            confined = container["HostConfig"]
            assert confined["CapDrop"] == ["ALL"], container["Name"]
            assert not confined["CapAdd"]
            assert confined["SecurityOpt"] == ["no-new-privileges:true"]
            assert confined["PidsLimit"] > 0
            assert container["Config"]["User"] not in ("", "0", "root")
        for container in stack.containers("setup", "prometheus", *OWN_SERVICES):
            assert container["HostConfig"]["ReadonlyRootfs"] is True, container["Name"]

    def test_no_process_has_a_capability_or_can_get_one(self, stack: ComposeStack) -> None:
        for service in ("rabbitmq", "postgres", "prometheus", *OWN_SERVICES):
            status = stack.compose("exec", "-T", service, "grep", "-E", "^(CapEff|CapBnd|NoNewPrivs)",
                                   "/proc/1/status").split()  # fmt: skip
            assert status[1::2] == ["0" * 16, "0" * 16, "1"], service

    def test_a_service_gets_the_login_of_its_own_kind_only(self, stack: ComposeStack) -> None:
        def logins(service: str) -> dict[str, str]:
            variables = dict(v.split("=", 1) for v in stack.containers(service)[0]["Config"]["Env"])
            return {
                name: value
                for name, value in variables.items()
                if name.endswith(("_USER", "_PASS", "_PASSWORD"))
            }

        assert logins("sensor-1") == {"RABBITMQ_USER": "sensor", "RABBITMQ_PASS": "sensor"}
        assert logins("pipeline-processor") == {
            "RABBITMQ_USER": "pipeline", "RABBITMQ_PASS": "pipeline",
            "POSTGRES_USER": "writer", "POSTGRES_PASSWORD": "writer",
        }  # fmt: skip
        assert logins("alerter") == {
            "RABBITMQ_USER": "alerter", "RABBITMQ_PASS": "alerter",
            "POSTGRES_USER": "reader", "POSTGRES_PASSWORD": "reader",
        }  # fmt: skip
        assert logins("dashboard") == {
            "RABBITMQ_USER": "operator", "RABBITMQ_PASS": "operator",
            "POSTGRES_USER": "reader", "POSTGRES_PASSWORD": "reader",
        }  # fmt: skip

    def test_guest_and_the_nameless_are_refused(self, stack: ComposeStack) -> None:
        parameters = pika.URLParameters(stack.amqp_url)
        for credentials in (pika.PlainCredentials("guest", "guest"), Anonymous("", "")):
            parameters.credentials = credentials
            with pytest.raises(AMQPConnectionError):
                pika.BlockingConnection(parameters)

    def test_the_broker_takes_no_message_that_the_contract_forbids(self, stack: ComposeStack) -> None:
        publish(stack, plain("largest", 1).ljust(65_536))
        with pytest.raises(ChannelClosedByBroker) as refusal:
            publish(stack, b" " * 65_537)
        assert refusal.value.reply_code == 406

    def test_the_one_shot_setup_has_ended_well(self, stack: ComposeStack) -> None:
        assert [c["State"]["ExitCode"] for c in stack.containers("setup")] == [0]

    def test_the_names_and_ports_are_those_that_users_rely_on(self, stack: ComposeStack) -> None:
        config = json.loads(
            stack.run(
                "docker",
                "compose",
                "-f",
                "docker-compose.yml",
                "config",
                "--format",
                "json",
                RABBITMQ_HOST_PORT="",
                RABBITMQ_MANAGEMENT_HOST_PORT="",
                MQTT_HOST_PORT="",
                POSTGRES_HOST_PORT="",
                PROMETHEUS_HOST_PORT="",
                DASHBOARD_HOST_PORT="",
                COMPOSE_PROFILES="grafana",
                COMPOSE_PROJECT_NAME="",
            )
        )
        services = config["services"]
        assert config["name"] == "sensors"
        assert services["rabbitmq"]["container_name"] == "rabbitmq-sensores"
        names = [services[f"sensor-{n}"]["container_name"] for n in (1, 2, 3)]
        assert names == ["sensor-python-1", "sensor-python-2", "sensor-python-3"]
        assert "container_name" not in services["pipeline-processor"]
        servers = ("rabbitmq", "postgres", "prometheus", "grafana", "dashboard")
        ports = {(p["host_ip"], p["published"], p["target"]) for s in servers for p in services[s]["ports"]}
        assert ports == {
            ("127.0.0.1", "5675", 5672),
            ("127.0.0.1", "15675", 15672),
            ("127.0.0.1", "1885", 1883),
            ("127.0.0.1", "5435", 5432),
            ("127.0.0.1", "9095", 9090),
            ("127.0.0.1", "3005", 3000),
            ("127.0.0.1", "8085", 8085),
        }
        shell, option, script = (word.replace("$$", "$") for word in services["grafana"]["entrypoint"])
        start = (shell, option, script.replace("/run.sh", "true"))
        with pytest.raises(AssertionError, match=r"ended with 78:\n.*GRAFANA_PASSWORD is not set"):
            stack.run(*start)
        stack.run(*start, GF_SECURITY_ADMIN_PASSWORD="chosen")


class TestImages:
    @pytest.mark.parametrize(
        ("image", "most"), [("sensors-sensor", 60), ("sensors-pipeline", 120), ("sensors-dashboard", 125)]
    )
    def test_the_project_adds_little_to_the_base(self, stack: ComposeStack, image: str, most: int) -> None:
        size, base = (
            int(stack.run("docker", "image", "inspect", "-f", "{{.Size}}", name))
            for name in (image, "python:3.13-slim")
        )
        assert size - base <= most * 1_000_000

    @pytest.mark.parametrize(
        "image", ["sensors-sensor", "sensors-pipeline", "sensors-tools", "sensors-dashboard"]
    )
    def test_the_user_is_not_root_and_there_is_no_compiler(self, stack: ComposeStack, image: str) -> None:
        user = stack.run("docker", "image", "inspect", "-f", "{{.Config.User}}", image).strip()
        assert user == "10001:10001"
        script = "! command -v gcc && ! command -v cc"
        stack.run("docker", "run", "--rm", "--entrypoint", "sh", image, "-c", script)

    def test_the_sensor_knows_no_database(self, stack: ComposeStack) -> None:
        script = (
            "import importlib.util as u; "
            "print([m for m in ('sqlalchemy', 'psycopg', 'db', 'pipeline', 'pip') if u.find_spec(m)])"
        )
        assert stack.run("docker", "run", "--rm", "sensors-sensor", "python", "-c", script).strip() == "[]"


class TestFlow:
    def test_each_sensor_arrives_in_the_summary(self, stack: ComposeStack) -> None:
        def complete() -> list[dict[str, Any]] | None:
            rows: list[dict[str, Any]] = json.loads(stack.sensorctl("summary", "--json"))
            return rows if {"1", "2", "3"} <= {row["sensor_id"] for row in rows} else None

        rows = eventually(complete, within_seconds=60, message="a sensor is missing in the summary")
        assert all(
            row["min_temperature"] <= row["mean_temperature"] <= row["max_temperature"] for row in rows
        )

    def test_the_status_sees_every_service_by_its_name(self, stack: ComposeStack) -> None:
        # given a system in which all is well, which `status` ends with 0 for
        eventually(lambda: stack.succeeds(*STATUS), within_seconds=60, message="something is wrong")
        status = json.loads(stack.sensorctl("status", "--json"))
        assert sorted((service["name"], service["health"]) for service in status["services"]) == [
            ("alerter", "ready"),
            ("dashboard:8085", "ready"),
            *(
                (f"{name}-{number}", "ready")
                for name in ("pipeline-processor", "sensor")
                for number in (1, 2, 3)
            ),
        ]
        assert status["queue"]["consumers"] == 3
        assert {"1", "2", "3"} <= {sensor["sensor_id"] for sensor in status["sensors"]}

    def test_all_three_consumers_work(self, stack: ComposeStack) -> None:
        publish(stack, *(plain("crowd", number) for number in range(300)))
        eventually(
            lambda: len(stored(stack, "crowd")) == 300, within_seconds=60, message="not all are stored"
        )
        workers = [c["Name"] for c in stack.containers("pipeline-processor")]
        assert len(workers) == 3
        assert stack.depth(QUEUE)["consumers"] == 3
        for worker in workers:
            assert "sensor=crowd" in stack.run("docker", "logs", worker.strip("/"))

    def test_every_dialect_of_a_foreign_client_arrives(self, stack: ComposeStack) -> None:
        now = datetime.now(UTC)
        publish(
            stack,
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
        eventually(
            lambda: len(stack.query(summary)) == 3, within_seconds=30, message="a dialect did not arrive"
        )
        rows = stack.query(summary)
        assert rows == [("901", 23.84), ("S902", 22.5), ("S903", 20.0)]

    def test_a_device_arrives_by_mqtt(self, stack: ComposeStack) -> None:
        with device(f"mqtt://127.0.0.1:{stack.mqtt_port}", "sensor", "sensor") as thing:
            thing.publish("sensors/by-mqtt/temperature", "21.5")
        eventually(lambda: stored(stack, "by-mqtt"), within_seconds=30, message="it did not arrive")

    def test_bad_json_lands_in_the_dead_queue_with_its_reason(self, stack: ComposeStack) -> None:
        publish(stack, b"{broken", b'{"sensor_id": "x", "temperature": 1}')
        eventually(lambda: dead_count(stack) >= 2, within_seconds=30, message="the dead queue stayed empty")
        found = json.loads(stack.sensorctl("dead", "list", "--json"))
        reasons = {message["body"]: message["reason"] for message in found}
        assert reasons["{broken"] == "not-json"
        assert reasons['{"sensor_id": "x", "temperature": 1}'] == "invalid-field"

    def test_the_dashboard_sees_all_with_no_more_rights_than_it_has(self, stack: ComposeStack) -> None:
        def ready() -> list[str] | None:
            services = stack.ask_dashboard("/api/overview")["services"]
            names = [service["name"] for service in services if service["health"] == "ready"]
            return names if len(names) == len(services) == 7 else None

        names = eventually(ready, within_seconds=30, message="a service is missing on the dashboard")
        assert {"sensor-1", "sensor-2", "sensor-3", "alerter"} < set(names)
        overview = stack.ask_dashboard("/api/overview")
        assert {"1", "2", "3"} <= {sensor["sensor_id"] for sensor in overview["sensors"]}
        assert overview["queue"]["consumers"] == 3
        assert stack.ask_dashboard("/api/minutes?sensor=1")["sensors"]["1"]
        letters = stack.ask_dashboard("/api/dead-letters")
        assert letters["depth"] == dead_count(stack)
        assert "{broken" in {letter["body"] for letter in letters["messages"]}

    def test_doctor_finds_nothing_to_do(self, stack: ComposeStack) -> None:
        assert "→" not in stack.sensorctl("doctor")

    def test_the_logs_are_for_people(self, stack: ComposeStack) -> None:
        name = stack.containers("sensor-1")[0]["Name"].strip("/")
        assert "published" in stack.run("docker", "logs", "--tail", "20", name)
        assert "stored" in stack.compose("logs", "--tail", "50", "pipeline-processor")

    def test_all_logs_are_read_from_outside_and_inside(self, stack: ComposeStack) -> None:
        command = (sys.executable, "-m", "sensorctl", "logs", "--json", "--event", "started")
        lines = stack.run(*command, NATIVE_DIR=str(stack.folder / "none")).splitlines()
        services = {json.loads(line)["service"] for line in lines if line.startswith("{")}
        assert services == {*(f"pipeline-processor-{n}" for n in (1, 2, 3)), "alerter"}

        piped = "docker compose logs --no-color sensor-1 | docker compose run --rm -T sensorctl logs --json -"
        lines = stack.run("sh", "-c", piped).splitlines()
        assert {json.loads(line)["event"] for line in lines if line.startswith("{")} >= {
            "measuring",
            "published",
        }

    def test_a_stopped_sensor_is_an_alert_until_it_is_started(self, stack: ComposeStack) -> None:
        url = stack.amqp_url.replace("sensors:sensors", "operator:operator")
        with closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
            channel = connection.channel()
            channel.queue_declare("events.e2e", durable=True)
            channel.queue_bind("events.e2e", "events", "service-down.#")

            def next_alert() -> dict[str, Any] | None:
                _, _, body = channel.basic_get("events.e2e", auto_ack=True)
                return json.loads(body)["alerts"][0] if body else None

            stack.compose("stop", "sensor-2")
            firing = eventually(next_alert, within_seconds=60, message="no alert fires")
            stack.compose("start", "sensor-2")
            resolved = eventually(next_alert, within_seconds=60, message="the alert is not resolved")
            channel.queue_delete("events.e2e")
        assert (firing["status"], firing["labels"]["service"]) == ("firing", "sensor-2")
        assert (resolved["status"], resolved["fingerprint"]) == ("resolved", firing["fingerprint"])

    def test_the_office_temperatures_arrive_in_the_summary(self, stack: ComposeStack) -> None:
        stack.compose("up", "-d", "--no-deps", "sensor-3",
                      SENSOR_3_SOURCE="office", SENSOR_INTERVAL_SECONDS="0.1")  # fmt: skip
        latest = (
            "SELECT round(temperature::numeric, 7) FROM reading "
            "WHERE sensor_id = '3' ORDER BY received_at DESC LIMIT 20"
        )
        first_of_the_file = (Decimal("21.0449084"),)  # 69.88083514 °F
        eventually(
            lambda: first_of_the_file in stack.query(latest), within_seconds=60, message="not replayed"
        )
        rows = stack.query(latest)
        assert all(10 < value < 35 for (value,) in rows)
        stack.compose("up", "-d", "--no-deps", "sensor-3")


class TestMetrics:
    def test_every_target_is_up(self, prometheus: Prometheus) -> None:
        expected = (
            ["dashboard"]
            + ["pipeline"] * 3
            + ["prometheus", "rabbitmq", "rabbitmq-queues"]
            + ["sensor"] * 3
            + ["alerter"]
        )
        eventually(
            lambda: sorted(prometheus.targets()) == [(job, "up") for job in expected],
            within_seconds=30,
            message="not every target is up",
        )

    def test_every_rule_is_evaluated_and_names_metrics_that_exist(self, prometheus: Prometheus) -> None:
        rules = prometheus.rules()
        assert {rule["type"] for rule in rules} == {"alerting", "recording"}
        for rule in rules:
            assert rule["health"] == "ok", rule
            prometheus.query(rule["query"])
        named = {name for rule in rules for name in metrics_in(rule["query"])}
        assert named >= {"pipeline_dependency_up", "sensors:queue_ready", "rabbitmq_detailed_queue_messages"}
        assert named <= prometheus.names()

    def test_a_system_that_is_well_has_no_critical_alert(self, prometheus: Prometheus) -> None:
        # At first the broker counts no consumers, which is no alert yet and passes.
        eventually(
            lambda: prometheus.query('ALERTS{severity="critical"}') == [],
            within_seconds=30,
            message="a critical alert is pending or fires",
        )

    def test_every_query_of_the_dashboard_has_data(self, stack: ComposeStack, prometheus: Prometheus) -> None:
        queries = queries_of(stack.folder / "grafana" / "dashboards" / "sensors.json")
        assert len(queries) > 20
        for query in queries:
            if metrics_in(query) == {"ALERTS"}:  # there may be none
                prometheus.query(query)
                continue
            assert metrics_in(query) <= prometheus.names(), query
            eventually(partial(prometheus.query, query), within_seconds=30, message=f"no data: {query}")


def plain(sensor_id: str, number: int) -> bytes:
    body: dict[str, Any] = {
        "sensor_id": sensor_id,
        "measured_at": datetime.now(UTC).isoformat(),
        "temperature": 20 + number / 1000,
    }
    return json.dumps(body).encode()


class TestFaults:
    def test_postgres_stopped_under_load_until_the_alert_fires(
        self, stack: ComposeStack, prometheus: Prometheus
    ) -> None:
        dead = dead_count(stack)
        assert prometheus.alert("DatabaseDown") is None
        stopped_at = datetime.now(UTC)
        with Load(stack.amqp_url, QUEUE, rate_per_second=50, sensor_id="pg-stop") as load:
            eventually(lambda: len(load.confirmed) > 50, within_seconds=30, message="no load")
            stack.compose("stop", "postgres")
            began = time.monotonic()
            eventually(
                lambda: time.monotonic() - began > 20 and stack.depth(QUEUE)["messages_ready"] > 200,
                within_seconds=60,
                message="the backlog does not show as Ready",
            )
            assert stack.depth(QUEUE)["messages_unacknowledged"] <= 3, "more than one a consumer is held"
            assert live_but_not_ready(stack) == 3
            eventually(
                lambda: len(database_away(stack)) == 2, within_seconds=30, message="one of both is silent"
            )
            for problem in database_away(stack):
                since = datetime.fromisoformat(problem["started_at"])
                assert timedelta(0) < since - stopped_at < timedelta(seconds=25), problem
                assert problem["hint"]
            alert = eventually(
                lambda: prometheus.firing("DatabaseDown"), within_seconds=90, message="it does not fire"
            )
            since = datetime.fromisoformat(alert["activeAt"])
            assert timedelta(0) < since - stopped_at < timedelta(seconds=40)
            stack.compose("start", "postgres")
            eventually(lambda: reachable(stack), within_seconds=60, message="postgres did not come back")
        everything_stored(stack, load, "pg-stop")
        queue_is_settled(stack)
        eventually(
            lambda: prometheus.alert("DatabaseDown") is None, within_seconds=30, message="the alert stays"
        )
        eventually(lambda: not database_away(stack), within_seconds=30, message="the problem is still told")
        nothing_more_is_dead(stack, dead)

    def test_the_broker_restarted_under_load(self, stack: ComposeStack) -> None:
        dead = dead_count(stack)
        with Load(stack.amqp_url, QUEUE, rate_per_second=50, sensor_id="mq-restart") as load:
            eventually(lambda: len(load.confirmed) > 50, within_seconds=30, message="no load")
            stack.compose("restart", "rabbitmq")
            before = len(load.confirmed)
            eventually(
                lambda: len(load.confirmed) > before + 50,
                within_seconds=90,
                message="the load did not recover",
            )
        everything_stored(stack, load, "mq-restart")
        queue_is_settled(stack)
        nothing_more_is_dead(stack, dead)
        eventually(
            lambda: gaps(stack) == [],
            within_seconds=60,
            message="readings of the stack's own sensors are missing",
        )

    def test_a_consumer_killed_under_load(self, stack: ComposeStack) -> None:
        with Load(stack.amqp_url, QUEUE, rate_per_second=100, sensor_id="kill") as load:
            for number, container in enumerate(stack.containers("pipeline-processor"), start=1):
                eventually(
                    partial(lambda least: len(load.confirmed) > least, 50 * number),
                    within_seconds=30,
                    message="no load",
                )
                stack.run("docker", "kill", container["Id"])
                stack.run("docker", "start", container["Id"])
        everything_stored(stack, load, "kill")
        queue_is_settled(stack)

    def test_stopped_consumers_end_well_and_leave_nothing_unacked(self, stack: ComposeStack) -> None:
        with Load(stack.amqp_url, QUEUE, rate_per_second=100, sensor_id="stop") as load:
            eventually(lambda: len(load.confirmed) > 50, within_seconds=30, message="no load")
            stack.compose("stop", "pipeline-processor")
            assert [c["State"]["ExitCode"] for c in stack.containers("pipeline-processor")] == [0, 0, 0]
            assert stack.depth(QUEUE)["messages_unacknowledged"] == 0
            stack.compose("start", "pipeline-processor")
        everything_stored(stack, load, "stop")


class TestDown:
    def test_down_and_up_lose_nothing(self, stack: ComposeStack) -> None:
        stack.compose("stop", "pipeline-processor", "sensor-1", "sensor-2", "sensor-3")
        publish(stack, *(plain("overnight", number) for number in range(20)))
        before = stack.query("SELECT count(*) FROM reading")[0][0]
        stack.run("make", "down")
        assert stack.containers() == []
        stack.run("make", "up", "MODE=docker")
        eventually(
            lambda: len(stored(stack, "overnight")) == 20, within_seconds=60, message="readings are lost"
        )
        assert stack.query("SELECT count(*) FROM reading")[0][0] >= before + 20
        assert dead_count(stack) >= 2


def reachable(stack: ComposeStack) -> bool:
    try:
        return stack.query("SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def database_away(stack: ComposeStack) -> list[dict[str, Any]]:
    """What the dashboard and the status say of it, each once."""
    status = stack.run("sh", "-c", f"{' '.join(STATUS)} --json || true")  # it fails while something is wrong
    overviews = [stack.ask_dashboard("/api/overview"), json.loads(status[status.index("{") :])]
    return [one for overview in overviews for one in overview["problems"] if one["kind"] == "database-down"]


def live_but_not_ready(stack: ComposeStack) -> int:
    """How many consumers say of themselves that they are alive and that something is missing."""
    live, ready = (("python", "-m", "runtime.probe", path) for path in ("/livez", "/readyz"))
    ids = [container["Id"] for container in stack.containers("pipeline-processor")]
    return sum(stack.succeeds(*EXEC, i, *live) and not stack.succeeds(*EXEC, i, *ready) for i in ids)


def gaps(stack: ComposeStack) -> list[tuple[Any, ...]]:
    """Runs of the stack's own sensors whose sequences have holes."""
    return stack.query(
        "SELECT sensor_id, run_id, max(sequence) - count(*) FROM reading "
        "WHERE run_id IS NOT NULL GROUP BY 1, 2 HAVING max(sequence) <> count(*)"
    )


def test_the_clone_is_clean(tmp_path: Path) -> None:
    """What a clone holds is enough to configure the stack, and holds no `.env`."""
    folder = copy_of_the_repository(tmp_path)
    assert not (folder / ".env").exists()
    assert (folder / "docker-compose.yml").exists()

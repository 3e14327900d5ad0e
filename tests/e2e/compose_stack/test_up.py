"""What `make up` starts, and how it is confined."""

import json
from pathlib import Path
from typing import Any

import pika
import pytest
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from tests.e2e.compose import ComposeStack, copy_of_the_repository, reading
from tests.waiting import eventually

OWN_SERVICES = ("sensor-1", "sensor-2", "sensor-3", "pipeline-processor", "alerter", "dashboard")
HEALTHY_SECONDS = 60


class Anonymous(pika.PlainCredentials):  # type: ignore[misc]  # pika ships no types
    """Logs in as RabbitMQ 4 lets everybody by default."""

    def response_for(self, start: Any) -> tuple[str, bytes]:
        return "ANONYMOUS", b""


def test_make_up_says_what_runs_and_shows_the_first_rows(stack: ComposeStack) -> None:
    said = stack.greeting
    assert f"http://127.0.0.1:{stack.management_port}" in said
    assert f"http://127.0.0.1:{stack.prometheus_port}" in said
    assert f"http://127.0.0.1:{stack.dashboard_port}" in said
    assert "psql" in said
    assert "logs" in said
    assert "The last hour" in said


def test_a_second_up_is_harmless(stack: ComposeStack) -> None:
    before = {c["Id"] for c in stack.containers(*OWN_SERVICES)}
    stack.up()
    assert {c["Id"] for c in stack.containers(*OWN_SERVICES)} == before


def test_every_container_is_healthy_and_published_on_loopback_only(stack: ComposeStack) -> None:
    def unhealthy() -> list[str]:
        containers = stack.containers("rabbitmq", "postgres", "prometheus", *OWN_SERVICES)
        return [c["Name"] for c in containers if c["State"]["Health"]["Status"] != "healthy"]

    eventually(lambda: not unhealthy(), HEALTHY_SECONDS, "a container is not healthy")
    for container in stack.containers("rabbitmq", "postgres", "prometheus", *OWN_SERVICES):
        published = [b for bs in container["NetworkSettings"]["Ports"].values() for b in bs or []]
        assert {binding["HostIp"] for binding in published} <= {"127.0.0.1"}
        limits = container["HostConfig"]
        assert limits["Memory"] > 0
        assert limits["Init"] is True
        assert limits["RestartPolicy"]["Name"] == "unless-stopped"
        assert limits["LogConfig"]["Config"]["max-size"] == "10m"


def test_every_container_is_confined(stack: ComposeStack) -> None:
    for container in stack.containers("rabbitmq", "postgres", "prometheus", "setup", *OWN_SERVICES):
        confined = container["HostConfig"]
        assert confined["CapDrop"] == ["ALL"], container["Name"]
        assert not confined["CapAdd"]
        assert confined["SecurityOpt"] == ["no-new-privileges:true"]
        assert confined["PidsLimit"] > 0
        assert container["Config"]["User"] not in ("", "0", "root")
    for container in stack.containers("setup", "prometheus", *OWN_SERVICES):
        assert container["HostConfig"]["ReadonlyRootfs"] is True, container["Name"]


def test_no_process_has_a_capability_or_can_get_one(stack: ComposeStack) -> None:
    for service in ("rabbitmq", "postgres", "prometheus", *OWN_SERVICES):
        status = stack.compose("exec", "-T", service, "grep", "-E", "^(CapEff|CapBnd|NoNewPrivs)",
                               "/proc/1/status").split()  # fmt: skip
        assert status[1::2] == ["0" * 16, "0" * 16, "1"], service


def test_a_service_gets_the_login_of_its_own_kind_only(stack: ComposeStack) -> None:
    def logins(service: str) -> dict[str, str]:
        variables = dict(v.split("=", 1) for v in stack.containers(service)[0]["Config"]["Env"])
        return {
            name: value for name, value in variables.items() if name.endswith(("_USER", "_PASS", "_PASSWORD"))
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


def test_guest_and_the_nameless_are_refused(stack: ComposeStack) -> None:
    parameters = pika.URLParameters(stack.amqp_url)
    for credentials in (pika.PlainCredentials("guest", "guest"), Anonymous("", "")):
        parameters.credentials = credentials
        with pytest.raises(AMQPConnectionError):
            pika.BlockingConnection(parameters)


def test_the_broker_takes_no_message_that_the_contract_forbids(stack: ComposeStack) -> None:
    stack.publish(reading("largest").ljust(65_536))
    with pytest.raises(ChannelClosedByBroker) as refusal:
        stack.publish(b" " * 65_537)
    assert refusal.value.reply_code == 406


def test_the_one_shot_setup_has_ended_well(stack: ComposeStack) -> None:
    assert [c["State"]["ExitCode"] for c in stack.containers("setup")] == [0]


def test_the_names_and_ports_are_those_that_users_rely_on(stack: ComposeStack) -> None:
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


def test_the_clone_is_clean(tmp_path: Path) -> None:
    """What a clone holds is enough to configure the stack, and holds no `.env`."""
    folder = copy_of_the_repository(tmp_path)
    assert not (folder / ".env").exists()
    assert (folder / "docker-compose.yml").exists()

"""The containers that `make up` starts, and their restrictions."""

import json
from pathlib import Path
from typing import Any

import pika
import pytest
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from tests.e2e.compose import ComposeStack, copy_repository, reading
from tests.e2e.services import COMPOSE_SERVICES
from tests.waiting import eventually

HEALTHY_SECONDS = 60


class Anonymous(pika.PlainCredentials):  # type: ignore[misc]  # pika ships no types
    """Anonymous credentials, which RabbitMQ 4 accepts by default."""

    def response_for(self, start: Any) -> tuple[str, bytes]:
        return "ANONYMOUS", b""


def test_make_up_prints_the_addresses_and_the_summary(stack: ComposeStack) -> None:
    output = stack.up_output
    assert f"http://127.0.0.1:{stack.management_port}" in output
    assert f"http://127.0.0.1:{stack.prometheus_port}" in output
    assert f"http://127.0.0.1:{stack.dashboard_port}" in output
    assert "psql" in output
    assert "logs" in output
    assert "The last hour" in output


def test_a_second_up_changes_nothing(stack: ComposeStack) -> None:
    before = {c["Id"] for c in stack.containers(*COMPOSE_SERVICES)}
    stack.up()
    stack.compose("up", "-d", "--scale", "pipeline-processor=3")
    assert {c["Id"] for c in stack.containers(*COMPOSE_SERVICES)} == before


def test_every_container_is_healthy_and_published_on_loopback_only(stack: ComposeStack) -> None:
    def unhealthy() -> list[str]:
        containers = stack.containers("rabbitmq", "postgres", "prometheus", *COMPOSE_SERVICES)
        return [c["Name"] for c in containers if c["State"]["Health"]["Status"] != "healthy"]

    eventually(lambda: not unhealthy(), HEALTHY_SECONDS, "every container is healthy")
    for container in stack.containers("rabbitmq", "postgres", "prometheus", *COMPOSE_SERVICES):
        published = [b for bs in container["NetworkSettings"]["Ports"].values() for b in bs or []]
        assert {binding["HostIp"] for binding in published} <= {"127.0.0.1"}
        limits = container["HostConfig"]
        assert limits["Memory"] > 0
        assert limits["Init"] is True
        assert limits["RestartPolicy"]["Name"] == "unless-stopped"
        assert limits["LogConfig"]["Config"]["max-size"] == "10m"


def test_every_container_is_restricted(stack: ComposeStack) -> None:
    for container in stack.containers("rabbitmq", "postgres", "prometheus", "setup", *COMPOSE_SERVICES):
        host_config = container["HostConfig"]
        assert host_config["CapDrop"] == ["ALL"], container["Name"]
        assert not host_config["CapAdd"]
        assert host_config["SecurityOpt"] == ["no-new-privileges:true"]
        assert host_config["PidsLimit"] > 0
        assert container["Config"]["User"] not in ("", "0", "root")
    for container in stack.containers("setup", "prometheus", *COMPOSE_SERVICES):
        assert container["HostConfig"]["ReadonlyRootfs"] is True, container["Name"]


def test_no_process_has_or_can_get_a_capability(stack: ComposeStack) -> None:
    for service in ("rabbitmq", "postgres", "prometheus", *COMPOSE_SERVICES):
        status = stack.compose("exec", "-T", service, "grep", "-E", "^(CapEff|CapBnd|NoNewPrivs)",
                               "/proc/1/status").split()  # fmt: skip
        assert status[1::2] == ["0" * 16, "0" * 16, "1"], service


def test_a_service_only_gets_its_own_credentials(stack: ComposeStack) -> None:
    services = ("sensor-1", "pipeline-processor", "alerter", "analysis", "dashboard")
    environments = {
        container["Config"]["Labels"]["com.docker.compose.service"]: container["Config"]["Env"]
        for container in stack.containers(*services)
    }

    def credentials(service: str) -> dict[str, str]:
        variables = dict(variable.split("=", 1) for variable in environments[service])
        return {
            name: value for name, value in variables.items() if name.endswith(("_USER", "_PASS", "_PASSWORD"))
        }

    assert credentials("sensor-1") == {"RABBITMQ_USER": "sensor", "RABBITMQ_PASS": "sensor"}
    assert credentials("pipeline-processor") == {
        "RABBITMQ_USER": "pipeline", "RABBITMQ_PASS": "pipeline",
        "POSTGRES_USER": "writer", "POSTGRES_PASSWORD": "writer",
    }  # fmt: skip
    assert credentials("alerter") == {
        "RABBITMQ_USER": "alerter", "RABBITMQ_PASS": "alerter",
        "POSTGRES_USER": "evaluator", "POSTGRES_PASSWORD": "evaluator",
    }  # fmt: skip
    assert credentials("analysis") == {"POSTGRES_USER": "analyst", "POSTGRES_PASSWORD": "analyst"}
    assert credentials("dashboard") == {
        "RABBITMQ_USER": "operator", "RABBITMQ_PASS": "operator",
        "POSTGRES_USER": "manager", "POSTGRES_PASSWORD": "manager",
    }  # fmt: skip


def test_guest_and_anonymous_logins_are_rejected(stack: ComposeStack) -> None:
    parameters = pika.URLParameters(stack.amqp_url)
    for login in (pika.PlainCredentials("guest", "guest"), Anonymous("", "")):
        parameters.credentials = login
        with pytest.raises(AMQPConnectionError):
            pika.BlockingConnection(parameters)


def test_the_broker_rejects_a_message_larger_than_the_limit(stack: ComposeStack) -> None:
    stack.publish(reading("largest").ljust(65_536))
    with pytest.raises(ChannelClosedByBroker) as rejection:
        stack.publish(b" " * 65_537)
    assert rejection.value.reply_code == 406


def test_setup_has_exited_with_0(stack: ComposeStack) -> None:
    assert [c["State"]["ExitCode"] for c in stack.containers("setup")] == [0]


def test_container_names_and_ports_are_as_documented(stack: ComposeStack) -> None:
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
    with pytest.raises(AssertionError, match=r"exited with 78:\n.*GRAFANA_PASSWORD is not set"):
        stack.run(*start)
    stack.run(*start, GF_SECURITY_ADMIN_PASSWORD="secret")


def test_a_clone_contains_the_configuration_and_no_env_file(tmp_path: Path) -> None:
    """A clone is sufficient to configure the stack, and contains no `.env`."""
    folder = copy_repository(tmp_path)
    assert not (folder / ".env").exists()
    assert (folder / "docker-compose.yml").exists()

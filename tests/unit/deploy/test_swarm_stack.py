"""The overlay for Docker Swarm covers every service, and a Compose project becomes a stack."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.swarm.render import StackError, render
from runtime.services import BROKER_USERS, DATABASE_ROLES, SERVICES

ROOT = Path(__file__).parents[3]
OVERLAY = yaml.safe_load((ROOT / "deploy" / "swarm" / "compose.yml").read_text(encoding="utf-8"))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def rendered(service: dict[str, Any], **project: Any) -> dict[str, Any]:
    """Return the stack's service for this one of the Compose project."""
    services = {"example": {"image": "sensors-tools", **service}}
    stack = render({"services": services, **project}, stack="test", registry="registry:5000/")
    found: dict[str, Any] = stack["services"]["example"]
    return found


# The overlay


def test_every_service_says_how_it_is_deployed() -> None:
    services = OVERLAY["services"]
    assert COMPOSE["services"].keys() <= services.keys(), "add it to deploy/swarm/compose.yml"
    assert [name for name, service in services.items() if "restart_policy" not in service["deploy"]] == []


@pytest.mark.parametrize("name", [name for service in SERVICES for name in service.compose_names])
def test_an_outage_of_a_server_does_not_make_swarm_replace_a_task(name: str) -> None:
    # Without an argument, the probe asks for /readyz, which fails meanwhile.
    check = OVERLAY["services"].get(name, {}).get("healthcheck", {})
    assert check.get("test") == ["CMD", "python", "-IS", "runtime/probe.py", "/livez"], (
        "its entry in deploy/swarm/compose.yml requires `healthcheck: *alive`"
    )


def test_a_server_that_recovers_for_minutes_is_not_stopped() -> None:
    for name in ("rabbitmq", "postgres"):
        assert OVERLAY["services"][name]["healthcheck"] == {"start_period": "30m"}


def test_what_has_data_in_a_volume_is_pinned_or_may_lose_it() -> None:
    with_volumes = {
        name
        for name, service in COMPOSE["services"].items()
        if any(str(volume).partition(":")[0] in COMPOSE["volumes"] for volume in service.get("volumes", []))
    }
    pinned = {
        name
        for name, service in OVERLAY["services"].items()
        if service["deploy"].get("placement") == {"constraints": ["node.labels.sensors.data == true"]}
    }
    # Sensors send what they have before they move; the alerter and the reporter keep copies.
    assert with_volumes - pinned == {"sensor-1", "sensor-2", "sensor-3", "alerter", "reporter"}


def test_every_secret_that_a_variable_names_is_given_to_its_service() -> None:
    for name, service in OVERLAY["services"].items():
        files = [
            value.removeprefix("/run/secrets/")
            for variable, value in service.get("environment", {}).items()
            if variable.endswith("_FILE") and value
        ]
        given = service.get("secrets", [])
        assert set(files) <= set(given), name
        assert set(given) <= OVERLAY["secrets"].keys(), name


def test_setup_gets_the_password_of_every_account() -> None:
    variables = OVERLAY["services"]["setup"]["environment"].keys()
    required = {f"{account.password_variable}_FILE" for account in (*BROKER_USERS, *DATABASE_ROLES)}
    assert required <= variables, "give setup the secret of each in deploy/swarm/compose.yml"


def test_no_service_keeps_the_password_of_the_compose_file() -> None:
    for name, service in COMPOSE["services"].items():
        overlay = OVERLAY["services"].get(name, {}).get("environment", {})
        passwords = {
            variable
            for variable in service.get("environment", {})
            if variable.endswith(("_PASS", "_PASSWORD")) and variable != "GF_SECURITY_ADMIN_PASSWORD"
        }
        replaced = {variable.removesuffix("_FILE") for variable in overlay}
        assert passwords <= replaced, f"give {name} the secret of each in deploy/swarm/compose.yml"


# Rendering


def test_limits_and_memory_become_keys_that_a_stack_knows() -> None:
    service = rendered(
        {
            "mem_limit": "134217728", "pids_limit": 128, "tmpfs": ["/tmp:size=16m"], "shm_size": "134217728",
            "restart": "unless-stopped", "container_name": "x", "depends_on": {"setup": {}}, "build": {},
            "security_opt": ["no-new-privileges:true"], "networks": {"default": None}, "profiles": ["x"],
            "extra_hosts": ["host.docker.internal=host-gateway"],
            "cap_drop": ["ALL"], "deploy": {"endpoint_mode": "dnsrr", "resources": {}},
        }
    )  # fmt: skip
    assert service == {
        "image": "registry:5000/sensors-tools",
        "cap_drop": ["ALL"],
        "deploy": {
            "endpoint_mode": "dnsrr",
            "resources": {"limits": {"memory": "134217728", "pids": 128}},
        },
        "volumes": [
            {"type": "tmpfs", "target": "/tmp", "tmpfs": {"size": 16_777_216}},
            {"type": "tmpfs", "target": "/dev/shm", "tmpfs": {"size": 134_217_728}},
        ],
    }


def test_a_password_from_a_secret_replaces_the_one_in_the_variable() -> None:
    service = rendered(
        {
            "environment": {
                "RABBITMQ_PASS": "sensor", "RABBITMQ_PASS_FILE": "/run/secrets/p", "EMPTY": "", "UNSET": None,
                "WEBDAV_PASSWORD": "x", "WEBDAV_PASSWORD_FILE": "",
            },
            "secrets": [{"source": "p", "target": "/run/secrets/p"}],
        },
        secrets={"p": {"name": "p", "external": True}},
    )  # fmt: skip
    assert service["environment"] == {
        "RABBITMQ_PASS_FILE": "/run/secrets/p",
        "EMPTY": "",
        "WEBDAV_PASSWORD": "x",
        "WEBDAV_PASSWORD_FILE": "",
    }


def test_files_become_configs_and_secrets_named_after_their_content(tmp_path: Path) -> None:
    folder, key = tmp_path / "conf.d", tmp_path / "key"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.conf").write_text("1")
    (folder / "sub" / "b.conf").write_text("2")
    key.write_text("secret")
    mounts = [
        {"type": "bind", "source": str(folder), "target": "/etc/conf.d"},
        {"type": "bind", "source": str(key), "target": "/run/secrets/key"},
        {"type": "bind", "source": "/dev/null", "target": "/run/secrets/unset"},
        {"type": "bind", "source": "/var/run/docker.sock", "target": "/var/run/docker.sock", "bind": {}},
        {"type": "volume", "source": "data", "target": "/data", "volume": {}},
    ]
    project = {"services": {"example": {"image": "redis", "volumes": mounts}}}
    stack = render(project, stack="test", registry="registry:5000/")
    service = stack["services"]["example"]
    assert service["image"] == "redis"
    targets = {config["target"]: stack["configs"][config["source"]]["file"] for config in service["configs"]}
    assert targets == {
        "/etc/conf.d/a.conf": str(folder / "a.conf"),
        "/etc/conf.d/sub/b.conf": str(folder / "sub" / "b.conf"),
    }
    (secret,) = service["secrets"]
    assert stack["secrets"][secret["source"]]["file"] == str(key)
    assert [volume["target"] for volume in service["volumes"]] == ["/var/run/docker.sock", "/data"]
    assert stack["volumes"] == {"data": {}}
    # a changed file is another config
    (folder / "a.conf").write_text("3")
    assert render(project, stack="test", registry="")["configs"].keys() != stack["configs"].keys()


def test_a_file_that_no_config_can_contain_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * 600_000)
    with pytest.raises(StackError, match=r"large\.csv has 600000 bytes"):
        rendered({"volumes": [{"type": "bind", "source": str(large), "target": "/data/large.csv"}]})


def test_only_ports_for_other_machines_are_published() -> None:
    local = {"mode": "ingress", "host_ip": "127.0.0.1", "target": 5672, "published": "5675"}
    public = {"mode": "host", "target": 8085, "published": "8085"}
    assert rendered({"ports": [local, public]})["ports"] == [
        {"mode": "host", "target": 8085, "published": 8085}
    ]
    assert "ports" not in rendered({"ports": [local]})


@pytest.mark.skipif(shutil.which("docker") is None, reason="docker is not installed")
def test_docker_accepts_the_stack_of_this_project(tmp_path: Path) -> None:
    compose = ["docker", "compose", "-f", "docker-compose.yml", "-f", "deploy/swarm/compose.yml"]
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed")
    project = subprocess.run(
        [*compose, "--profile", "*", "config", "--format", "json"], cwd=ROOT, capture_output=True, check=True
    )
    stack = tmp_path / "stack.json"
    stack.write_text(json.dumps(render(json.loads(project.stdout), stack="sensors", registry="")))
    done = subprocess.run(
        ["docker", "stack", "config", "--compose-file", str(stack)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = yaml.safe_load(done.stdout)
    assert result["services"].keys() == OVERLAY["services"].keys()
    # Nothing of a password that the Compose file has by default is in the stack.
    assert (
        result["services"]["pipeline-processor"]["environment"]
        .keys()
        .isdisjoint({"RABBITMQ_PASS", "POSTGRES_PASSWORD"})
    )

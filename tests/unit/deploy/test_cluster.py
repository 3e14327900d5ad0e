"""The overlay of the cluster fits docker-compose.yml, without Docker."""

import re
import stat
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.services import SERVICES
from sensorctl.stack_variables import AMQP_PORTS, CLUSTER_OVERLAY, DATABASE_PORTS, MANAGEMENT_PORTS

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "deploy" / "cluster"
NODES = ("rabbitmq", "rabbitmq-2", "rabbitmq-3")
MEMBERS = ("postgres", "postgres-2")
ETCD = ("etcd", "etcd-2", "etcd-3")
FURTHER_SERVERS = ("rabbitmq-2", "rabbitmq-3", "postgres-2")
PUBLISHED = r"127\.0\.0\.1:\$\{{(\w+):-(\d+)\}}:{}"
# What differs between the brokers, and what the overlay adds to the first one.
OF_ONE_NODE = {"container_name", "hostname", "ports", "volumes", "entrypoint", "secrets"}


@cache
def services(file: Path) -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8"))["services"])


def base() -> dict[str, dict[str, Any]]:
    return services(ROOT / "docker-compose.yml")


def overlay() -> dict[str, dict[str, Any]]:
    return services(FOLDER / "compose.yml")


def targets(volumes: list[str]) -> dict[str, str]:
    """Return what is mounted, by its path in the container."""
    return {target: source for source, target in (volume.split(":")[:2] for volume in volumes)}


# What differs between the members of the database.
OF_ONE_MEMBER = {"ports", "volumes", "command", "environment"}
DATA = "/var/lib/postgresql/data"


@pytest.mark.parametrize("node", NODES[1:])
def test_a_further_broker_is_configured_as_the_first(node: str) -> None:
    first, added, further = base()["rabbitmq"], overlay()["rabbitmq"], overlay()[node]
    first = {**first, "healthcheck": first["healthcheck"] | added["healthcheck"]}

    common = first.keys() - OF_ONE_NODE
    assert {key: further[key] for key in common} == {key: first[key] for key in common}
    assert further["hostname"] == node
    assert {key: further[key] for key in ("entrypoint", "secrets")} == {
        key: added[key] for key in ("entrypoint", "secrets")
    }
    expected = targets(first["volumes"] + added["volumes"])
    assert targets(further["volumes"]) == expected | {"/var/lib/rabbitmq": f"{node}-data"}


def test_every_port_of_the_brokers_is_another_one_on_the_loopback_address() -> None:
    definitions = (base()["rabbitmq"], overlay()["rabbitmq-2"], overlay()["rabbitmq-3"])
    ports = [port for definition in definitions for port in definition["ports"]]
    published = [re.fullmatch(r"127\.0\.0\.1:\$\{\w+:-(\d+)\}:\d+", port) for port in ports]

    assert len({match[1] for match in published if match}) == len(ports) == 9


def test_the_operator_on_the_host_knows_every_published_port() -> None:
    definitions = [base()["rabbitmq"], base()["postgres"], *(overlay()[name] for name in FURTHER_SERVERS)]
    ports = [port for definition in definitions for port in definition["ports"]]
    published = {
        number: {
            match[1]: match[2] for port in ports if (match := re.fullmatch(PUBLISHED.format(number), port))
        }
        for number in (5672, 15672, 5432)
    }

    assert published == {5672: AMQP_PORTS, 15672: MANAGEMENT_PORTS, 5432: DATABASE_PORTS}
    assert (ROOT / CLUSTER_OVERLAY).is_file()


def test_every_client_gets_the_addresses_of_all_brokers() -> None:
    in_compose = [service for service in SERVICES if base().keys() >= set(service.compose_names)]
    expected = {name for service in in_compose if service.broker_user for name in service.compose_names}
    monitors = {name for service in in_compose if service.monitors for name in service.compose_names}
    definitions = {
        name: service["environment"] for name, service in overlay().items() if "environment" in service
    }

    hosts = {
        name for name, variables in definitions.items() if variables.get("RABBITMQ_HOST") == ",".join(NODES)
    }
    urls = ",".join(f"http://{node}:15672" for node in NODES)
    managing = {
        name for name, variables in definitions.items() if variables.get("RABBITMQ_MANAGEMENT_URL") == urls
    }
    assert hosts == expected | {"setup", "sensorctl"}, "each requires *brokers in deploy/cluster/compose.yml"
    assert managing == monitors | {"setup", "sensorctl"}, "each requires *management there"


def test_a_further_database_is_configured_as_the_first() -> None:
    first, further = base()["postgres"] | overlay()["postgres"], overlay()["postgres-2"]

    assert further.keys() == first.keys()
    common = first.keys() - OF_ONE_MEMBER
    assert {key: further[key] for key in common} == {key: first[key] for key in common}
    variables = base()["postgres"]["environment"] | overlay()["postgres"]["environment"]
    assert {
        name: value.replace("postgres-2", "postgres") for name, value in further["environment"].items()
    } == variables
    assert targets(further["volumes"]) == targets(first["volumes"]) | {DATA: "postgres-2-data"}
    assert further["ports"] != first["ports"]


def test_only_the_first_database_makes_a_cluster() -> None:
    commands = [overlay()[member]["command"][1] for member in MEMBERS]

    assert commands == ["/etc/patroni", "/etc/patroni/patroni.yml"]
    assert "bootstrap" not in yaml.safe_load((FOLDER / "patroni" / "patroni.yml").read_text(encoding="utf-8"))


def test_only_the_databases_and_prometheus_reach_etcd() -> None:
    inside = {name for name, service in overlay().items() if "etcd" in service.get("networks", ())}

    assert inside == {*MEMBERS, *ETCD, "prometheus"}
    assert not [name for name in ETCD if "ports" in overlay()[name]]


def test_every_client_gets_the_addresses_of_both_databases() -> None:
    in_compose = [service for service in SERVICES if base().keys() >= set(service.compose_names)]
    expected = {name for service in in_compose if service.database_role for name in service.compose_names}

    hosts = {
        name
        for name, service in overlay().items()
        if (service.get("environment") or {}).get("POSTGRES_HOST") == ",".join(MEMBERS)
    }
    assert hosts == expected | {"setup", "sensorctl"}, (
        "each requires *databases in deploy/cluster/compose.yml"
    )


def test_the_lock_expires_after_what_patroni_requires() -> None:
    text = (FOLDER / "patroni" / "bootstrap.yml").read_text(encoding="utf-8")
    settings = yaml.safe_load(text)["bootstrap"]["dcs"]

    assert settings["loop_wait"] + 2 * settings["retry_timeout"] <= settings["ttl"]
    assert settings["synchronous_mode"]


def test_both_databases_accept_as_many_connections_as_the_single_one() -> None:
    text = (FOLDER / "patroni" / "bootstrap.yml").read_text(encoding="utf-8")
    parameters = yaml.safe_load(text)["bootstrap"]["dcs"]["postgresql"]["parameters"]

    setting = f"max_connections={parameters['max_connections']}"
    assert setting in base()["postgres"]["command"]
    assert setting in (FOLDER / "patroni" / "member").read_text(encoding="utf-8")


def test_the_backup_reads_from_the_primary_and_its_slot_is_not_dropped() -> None:
    backup = services(FOLDER / "backup.yml")["backup"]
    text = (FOLDER / "patroni" / "bootstrap.yml").read_text(encoding="utf-8")
    script = (ROOT / "deploy" / "backup" / "backup.sh").read_text(encoding="utf-8")

    slots = yaml.safe_load(text)["bootstrap"]["dcs"]["ignore_slots"]
    assert slots == [{"name": re.findall(r"slot=\$\{BACKUP_SLOT:-(\w+)\}", script)[0], "type": "physical"}]
    assert backup["environment"]["PGHOST"] == ",".join(MEMBERS)
    assert backup["environment"]["PGTARGETSESSIONATTRS"] == "read-write"


def test_the_backup_checks_and_restores_as_that_of_a_single_server() -> None:
    single, cluster = services(ROOT / "deploy" / "backup" / "compose.yml"), services(FOLDER / "backup.yml")

    assert cluster["restore"] == single["restore"]
    assert cluster["backup"]["healthcheck"] == single["backup"]["healthcheck"]


def test_the_members_of_the_configuration_are_the_brokers() -> None:
    text = (FOLDER / "rabbitmq.conf").read_text(encoding="utf-8")

    assert re.findall(r"nodes\.\d = rabbit@(\S+)", text) == list(NODES)


@pytest.mark.parametrize(
    ("job", "targets"),
    [
        ("rabbitmq", [f"{node}:15692" for node in NODES[1:]]),  # the first one is in prometheus.yml
        ("patroni", [f"{member}:8008" for member in MEMBERS]),
        ("etcd", [f"{member}:2379" for member in ETCD]),
    ],
)
def test_prometheus_reads_every_server_of_the_cluster(job: str, targets: list[str]) -> None:
    prometheus = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    [found] = [config for config in prometheus["scrape_configs"] if config["job_name"] == job]

    folder, file = overlay()["prometheus"]["volumes"][0].split(":")[1], f"{job}.yml"
    assert found["file_sd_configs"] == [{"files": [f"{folder}/{file}"]}]
    described = yaml.safe_load((FOLDER / "prometheus" / file).read_text(encoding="utf-8"))
    assert described == [{"targets": targets}]


def test_secrets_are_created_once_and_only_their_owner_reaches_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    command = ("sh", str(FOLDER / "create-secrets.sh"), str(folder))

    subprocess.run(command, check=True, capture_output=True)
    created = {file.name: file.read_text(encoding="ascii") for file in folder.iterdir()}
    subprocess.run(command, check=True, capture_output=True)

    assert created.keys() == {"erlang-cookie", "replication-password", "patroni-password"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", secret) for secret in created.values())
    assert {file.name: file.read_text(encoding="ascii") for file in folder.iterdir()} == created
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o444}

"""The registry of services agrees with Compose, images, Prometheus and settings."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml

from db.roles import AccessLevel
from messaging.management.permissions import permissions_of
from messaging.topology import Topology
from runtime.services import BROKER_USERS, COMPOSE_FILE, DATABASE_ROLES, SERVICES, SWARM_FILE, Service

ROOT = Path(__file__).parents[2]
# Services of docker-compose.yml that run an image of this project but no service of the registry.
ONE_SHOTS = {"setup", "sensorctl"}
# Servers with an image of this project.
SERVERS = {"webdav"}
# Packages that the image of a one-shot command contains besides its services.
IMAGE_EXTRAS = {"sensors-tools": {"sensorctl"}}

PATRONI_AND_BACKUP = ("deploy/cluster/Dockerfile.patroni", "deploy/backup/Dockerfile")

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.module)


@cache
def compose(file: str = COMPOSE_FILE) -> dict[str, Any]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["services"])


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def packages() -> set[str]:
    """Return the packages in the root of the repository."""
    return {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}


@cache
def import_graph() -> grimp.ImportGraph:
    return grimp.build_graph(*packages())


def imported_packages(module: str) -> set[str]:
    """Return the module's package and the packages that it imports, directly or not."""
    upstream = import_graph().find_upstream_modules(module, as_package=True)
    return {module} | {name.partition(".")[0] for name in upstream}


def copied_folders(dockerfile: str, target: str | None) -> set[str]:
    """Return what a Dockerfile stage and its base stages copy from the repository."""
    stages: dict[str, tuple[str, set[str]]] = {}
    name = ""
    for line in (ROOT / dockerfile).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"FROM (\S+)(?: AS (\S+))?$", line):
            name = match[2] or "last"
            stages[name] = (match[1], set())
        elif match := re.match(r"COPY --from=source /app/(\w+) \1$", line):
            stages[name][1].add(match[1])
    stage, folders = target or name, set()
    while stage in stages:
        stage, copied = stages[stage]
        folders |= copied
    return folders


def definition_of(compose_name: str, file: str = COMPOSE_FILE) -> dict[str, Any]:
    assert compose_name in compose(file), f"add the service {compose_name} to {file}"
    return dict(compose(file)[compose_name])


def environment(compose_name: str, file: str = COMPOSE_FILE) -> dict[str, str]:
    return dict(definition_of(compose_name, file)["environment"])


def account_default(variable: str, name: str) -> str:
    return f"${{{variable}:-{name}}}"


# Python packages


def test_the_import_rules_cover_every_package() -> None:
    settings = pyproject()["tool"]["importlinter"]
    layers = next(contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")
    assert set(settings["root_packages"]) == packages(), "correct root_packages in pyproject.toml"
    layered = sorted(name for layer in layers for name in layer.split(" | "))
    assert layered == sorted(packages()), "correct the layers of import-linter in pyproject.toml"


@each_service
def test_a_service_is_a_package_that_python_runs(service: Service) -> None:
    assert (ROOT / service.module / "__main__.py").exists()


def test_no_two_services_share_a_module_or_a_port_variable() -> None:
    assert len({service.module for service in SERVICES}) == len(SERVICES)
    assert len({service.port_variable for service in SERVICES}) == len(SERVICES)


# Users and roles


@pytest.mark.parametrize("user", BROKER_USERS, ids=lambda user: user.name)
def test_a_broker_user_has_permissions_and_its_credentials_reach_setup(user: Any) -> None:
    try:
        permissions = permissions_of(user.name, Topology("sensor_data"))
    except KeyError:
        pytest.fail(f"add {user.name} to permissions_of in messaging/management/permissions.py")
    assert permissions
    assert_credentials(user)


@pytest.mark.parametrize("role", DATABASE_ROLES, ids=lambda role: role.name)
def test_a_database_role_has_an_access_level_and_its_credentials_reach_setup(role: Any) -> None:
    assert AccessLevel(role.name)
    assert_credentials(role)


def assert_credentials(account: Any) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for variable in (account.user_variable, account.password_variable):
        given = environment("setup").get(variable)
        assert given == account_default(variable, account.name), "pass it to setup in docker-compose.yml"
        assert f"\n{variable}={account.name}\n" in example, f"add {variable} to .env.example"


@each_service
def test_a_service_uses_registered_accounts(service: Service) -> None:
    assert service.broker_user is None or service.broker_user in BROKER_USERS
    assert service.database_role is None or service.database_role in DATABASE_ROLES


# Docker Compose


def test_compose_runs_the_services_of_the_registry() -> None:
    own = {name for name, service in compose().items() if service["image"].startswith("sensors-")}
    registered = {
        name for service in SERVICES if service.compose_file == COMPOSE_FILE for name in service.compose_names
    }
    assert own - ONE_SHOTS - SERVERS == registered, f"{COMPOSE_FILE} and runtime/services.py differ"
    assert compose(SWARM_FILE).keys() - compose().keys() == {
        name for service in SERVICES if service.compose_file == SWARM_FILE for name in service.compose_names
    }


@each_service
def test_compose_runs_a_service_with_its_image_and_accounts(service: Service) -> None:
    for name in service.compose_names:
        definition = definition_of(name, service.compose_file)
        variables = environment(name, service.compose_file)
        assert definition["image"] == service.image, name
        assert definition["restart"] == "unless-stopped"
        assert not (service.scales and "container_name" in definition), "a fixed name keeps it from scaling"
        user, role = service.broker_user, service.database_role
        assert variables.get("RABBITMQ_USER") == (user and account_default(user.user_variable, user.name))
        assert variables.get("RABBITMQ_PASS") == (user and account_default(user.password_variable, user.name))
        assert variables.get("POSTGRES_USER") == (role and account_default(role.user_variable, role.name))
        assert variables.get("POSTGRES_PASSWORD") == (
            role and account_default(role.password_variable, role.name)
        )


@each_service
def test_compose_runs_a_service_in_its_profiles(service: Service) -> None:
    for name in service.compose_names:
        assert tuple(definition_of(name, service.compose_file).get("profiles", [])) == service.profiles


@each_service
def test_compose_publishes_the_port_of_a_published_service_only(service: Service) -> None:
    port = f"127.0.0.1:${{{service.port_variable}:-{service.native_port}}}:{service.container_port}"
    for name in service.compose_names:
        ports = definition_of(name, service.compose_file).get("ports", [])
        assert ports == ([port] if service.published else [])
    if service.published:
        example = (ROOT / ".env.example").read_text(encoding="utf-8")
        assert f"\n{service.port_variable}={service.native_port}\n" in example


@each_service
def test_compose_passes_the_addresses_of_the_services_to_those_that_monitor_them(service: Service) -> None:
    for name in service.compose_names:
        variables = environment(name, service.compose_file)
        assert variables.get("SERVICES") == ("${SERVICES:-compose}" if service.monitors else None)
        assert ("RABBITMQ_MANAGEMENT_URL" in variables) == service.monitors


# Images


@each_service
def test_an_image_contains_its_services_and_what_they_import(service: Service) -> None:
    build = definition_of(service.compose_names[0], service.compose_file)["build"]
    copied = copied_folders(build["dockerfile"], build.get("target"))
    modules = {other.module for other in SERVICES if other.image == service.image}
    modules |= IMAGE_EXTRAS.get(service.image, set())
    assert copied == set().union(*map(imported_packages, modules)), (
        f"copy what the services of {service.image} import, and nothing else, in {build['dockerfile']}"
    )
    sent = set((ROOT / ".dockerignore").read_text(encoding="utf-8").replace("!", "").splitlines())
    assert copied <= sent, "let Docker see the folder in .dockerignore"


@pytest.mark.parametrize("dockerfile", ["Dockerfile.sensor", "Dockerfile.pipeline", *PATRONI_AND_BACKUP])
def test_an_image_does_not_depend_on_the_modes_of_the_checkout(dockerfile: str) -> None:
    # A strict umask makes files that only their owner may read, and containers run as another user.
    lines = (ROOT / dockerfile).read_text(encoding="utf-8").splitlines()
    copied = {
        line: following
        for line, following in pairwise(lines)
        if line.startswith("COPY ") and "--from=" not in line and "--chmod=" not in line
    }
    for line, following in copied.items():
        assert line.startswith("COPY requirements/") or following.startswith("RUN chmod -R a+rX . "), line


def test_a_sensor_in_a_container_does_not_exit_after_a_replay() -> None:
    # Docker and Kubernetes would start it, and the replay, again.
    [variables] = re.findall(
        r"^ENV (.*?[^\\])$", (ROOT / "Dockerfile.sensor").read_text(), re.DOTALL | re.MULTILINE
    )
    assert "REPLAY_EXIT=false" in variables.split()


# Prometheus


def scrape_targets() -> Iterator[tuple[str, str]]:
    """Return the job and the address of each target, without the replicas of a name."""
    text = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    for job in yaml.safe_load(text)["scrape_configs"]:
        for group in job.get("static_configs", []):
            yield from ((job["job_name"], target) for target in group["targets"])
        for group in job.get("dns_sd_configs", []):
            yield from ((job["job_name"], f"{name}:{group['port']}") for name in group["names"])


@each_service
def test_prometheus_scrapes_every_instance_under_the_name_of_its_module(service: Service) -> None:
    targets = {target for job, target in scrape_targets() if job == service.module}
    assert targets == {f"{name}:{service.container_port}" for name in service.compose_names}, (
        "correct the job of this name in deploy/prometheus/prometheus.yml"
    )

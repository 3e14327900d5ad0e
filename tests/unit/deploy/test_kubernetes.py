"""The Kustomize base, rendered from the Helm chart, agrees with the registry, Compose and the settings.

`make test-kubernetes` validates it, and renders it again.
"""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from messaging.topology import job_queue
from runtime.services import (
    BROKER_USERS,
    DATABASE_ROLES,
    MANAGER,
    SCALER,
    SERVICES,
    WORKFLOWS_PROFILE,
    Service,
)
from runtime.settings import load
from runtime.version import VERSION
from scaler.rules import ScalingRules
from scripts.docs.variables import READERS, variable_names
from scripts.kubernetes import settings_names
from tests.unit.test_service_registry import compose, definition_of
from worker.kinds import KINDS

ROOT = Path(__file__).parents[3]
KUBERNETES = ROOT / "deploy" / "kubernetes"
SECRETS = "/run/secrets/sensors/"
# Reports need a WebDAV server, which a base cannot name, and other profiles are for other installations.
IN_THE_BASE = [
    service for service in SERVICES if not service.profiles or WORKFLOWS_PROFILE in service.profiles
]
# The scaler's place is KEDA's on Kubernetes.
ON_KUBERNETES = [service for service in SERVICES if service.broker_user is not SCALER]
ACCOUNTS = [account for account in (*BROKER_USERS, *DATABASE_ROLES) if account is not SCALER]
# What a file of a Secret could contain, where any password will not do.
CONTENT = {"postgres-ca.crt": "a certificate"}
MEBI = {"m": 1, "g": 1024, "Mi": 1, "Gi": 1024}

each_service = pytest.mark.parametrize("service", IN_THE_BASE, ids=lambda service: service.module)


@cache
def manifests() -> list[dict[str, Any]]:
    files = [*KUBERNETES.glob("base/*.yaml"), *KUBERNETES.glob("components/*/*.yaml")]
    texts = [file.read_text(encoding="utf-8") for file in files if file.name != "kustomization.yaml"]
    return [document for text in texts for document in yaml.safe_load_all(text)]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [document for document in manifests() if document["kind"] in kinds]


def pods() -> dict[str, dict[str, Any]]:
    """Return the pod template of each component."""
    templates = [document["spec"]["template"] for document in of_kind("Deployment", "StatefulSet", "Job")]
    templates += [document["spec"]["jobTargetRef"]["template"] for document in of_kind("ScaledJob")]
    return {template["metadata"]["labels"]["app.kubernetes.io/component"]: template for template in templates}


def container(component: str) -> dict[str, Any]:
    assert component in pods(), (
        f"the base has no pod for {component}: docs/development/adding-a-service.md has the steps"
    )
    [found] = pods()[component]["spec"]["containers"]
    return dict(found)


def variables(component: str) -> dict[str, str]:
    return {item["name"]: item.get("value", "1") for item in container(component)["env"]}


def mounted(component: str) -> dict[str, str]:
    """Return the key of each file that is mounted from a Secret."""
    [volume] = [volume for volume in pods()[component]["spec"]["volumes"] if volume["name"] == "secrets"]
    items = [item for source in volume["projected"]["sources"] for item in source["secret"]["items"]]
    return {item["path"]: item["key"] for item in items}


def mebibytes(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()  # type: ignore[union-attr]
    return int(number) * MEBI[unit]


# The registry and Compose


@each_service
def test_a_service_runs_its_image_on_its_port_as_its_accounts(service: Service) -> None:
    found, environment, files = container(service.module), variables(service.module), mounted(service.module)
    assert found["image"] == f"{service.image}:{VERSION}"
    assert found["ports"] == [{"name": "http", "containerPort": service.container_port}]
    user, role = service.broker_user, service.database_role
    assert environment.get("RABBITMQ_USER") == (user.name if user else None)
    assert files.get("RABBITMQ_PASS") == (user.password_variable if user else None)
    assert environment.get("POSTGRES_USER") == (role.name if role else None)
    assert files.get("POSTGRES_PASSWORD") == (role.password_variable if role else None)


@each_service
def test_a_service_has_the_memory_and_the_time_to_stop_that_compose_gives_it(service: Service) -> None:
    definition = definition_of(service.compose_names[0])
    limits = container(service.module)["resources"]["limits"]
    assert mebibytes(limits["memory"]) == mebibytes(definition["mem_limit"])
    seconds = int(definition["stop_grace_period"].removesuffix("s"))
    assert pods()[service.module]["spec"]["terminationGracePeriodSeconds"] > seconds


@each_service
def test_what_people_open_stays_reachable_while_a_server_is_down(service: Service) -> None:
    # A pod that is not ready gets no requests of its Service, and /readyz fails during an outage.
    probe = container(service.module)["readinessProbe"]["httpGet"]
    assert probe["path"] == ("/livez" if service.published else "/readyz")


def test_a_correction_reaches_a_pod_that_never_became_ready() -> None:
    # With the policy OrderedReady, a StatefulSet waits for it for ever (kubernetes/kubernetes#67250).
    sets = {found["metadata"]["name"]: found["spec"] for found in of_kind("StatefulSet")}
    assert sets.keys() == {"sensors-sensor", "sensors-alerter"}
    assert {spec.get("podManagementPolicy") for spec in sets.values()} == {"Parallel"}


@each_service
def test_a_service_that_monitors_finds_all_others(service: Service) -> None:
    targets = variables(service.module).get("SERVICES", "")
    assert bool(targets) == service.monitors
    headless = {
        f"{found['metadata']['name']}:{found['spec']['ports'][0]['port']}"
        for found in of_kind("Service")
        if found["spec"].get("clusterIP") == "None"
    }
    assert len(headless) == len(IN_THE_BASE), "a service of the registry has no headless Service in the chart"
    if service.monitors:
        assert set(targets.split(",")) == headless


def test_the_network_lets_each_service_reach_its_servers() -> None:
    clients = {
        policy["metadata"]["name"]: policy["spec"]["podSelector"]["matchExpressions"][0]["values"]
        for policy in of_kind("NetworkPolicy")
        if policy["metadata"]["name"].startswith("sensors-to-")
    }
    assert set(clients["sensors-to-broker"]) >= {
        service.module for service in ON_KUBERNETES if service.broker_user
    }, "add it to the clients in deploy/kubernetes/chart/templates/core/network.yaml"
    assert set(clients["sensors-to-database"]) >= {
        service.module for service in SERVICES if service.database_role
    }
    assert set(clients["sensors-to-management"]) >= {
        service.module for service in SERVICES if service.monitors
    }


def test_setup_gets_the_password_of_every_account() -> None:
    accounts = {account.password_variable for account in ACCOUNTS}
    owner = {"RABBITMQ_USER", "RABBITMQ_PASS", "POSTGRES_USER", "POSTGRES_PASSWORD"}
    assert set(mounted("setup")) == accounts | owner | {"postgres-ca.crt"}, (
        "correct sensors.passwordKeys in deploy/kubernetes/chart/templates/_names.tpl"
    )


def test_the_chart_has_the_version_of_the_project() -> None:
    chart = yaml.safe_load((KUBERNETES / "chart" / "Chart.yaml").read_text(encoding="utf-8"))
    assert chart["appVersion"] == chart["version"] == VERSION


def test_workers_start_for_the_queues_of_all_their_kinds_of_jobs() -> None:
    [scaled] = of_kind("ScaledJob")
    queues = {trigger["metadata"]["queueName"] for trigger in scaled["spec"]["triggers"]}
    assert queues == set(map(job_queue, KINDS))


def test_keda_and_the_scaler_have_the_same_defaults() -> None:
    [scaled] = of_kind("ScaledObject")
    spec, [trigger] = scaled["spec"], scaled["spec"]["triggers"]
    down = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]
    rules = load(ScalingRules)
    assert spec["minReplicaCount"] == rules.scaler_min_replica_count
    assert spec["maxReplicaCount"] == rules.scaler_max_replica_count
    assert spec["pollingInterval"] == rules.scaler_polling_interval
    assert spec["cooldownPeriod"] == rules.scaler_cooldown_period
    assert down["stabilizationWindowSeconds"] == rules.scaler_stabilization_window_seconds
    assert trigger["metadata"]["value"] == f"{rules.scaler_value:g}"
    assert trigger["metadata"]["activationValue"] == f"{rules.scaler_activation_value:g}"
    assert trigger["metadata"]["excludeUnacknowledged"] == "true"


# The servers


def configuration(*files: Path) -> Iterator[tuple[str, str]]:
    for file in files:
        yield from settings(file.read_text(encoding="utf-8"))


def settings(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition(" = ")
            yield name, value


def test_the_broker_is_configured_as_in_compose() -> None:
    [cluster] = of_kind("RabbitmqCluster")
    in_compose = dict(configuration(*(ROOT / "deploy" / "rabbitmq").glob("*.conf")))
    in_compose["mqtt.vhost"] = "/"  # there from a variable of the image
    del in_compose["disk_free_limit.absolute"]  # the operator sets 2 GB
    here = dict(settings(cluster["spec"]["rabbitmq"]["additionalConfig"]))
    assert {name: here.get(name) for name in in_compose} == in_compose


def test_the_broker_is_clustered_as_in_compose() -> None:
    [cluster] = of_kind("RabbitmqCluster")
    in_compose = dict(configuration(ROOT / "deploy" / "cluster" / "rabbitmq.conf"))
    here = dict(settings(cluster["spec"]["rabbitmq"]["additionalConfig"]))
    # The operator sets where the nodes find each other, and the limit of a container's memory.
    operators = ("cluster_", "vm_memory_")
    common = {name: value for name, value in in_compose.items() if not name.startswith(operators)}
    assert len(common) > 3
    assert {name: here.get(name) for name in common} == common


def test_the_database_accepts_as_many_connections_as_in_compose() -> None:
    [cluster] = of_kind("Cluster")
    command = compose()["postgres"]["command"]
    assert f"max_connections={cluster['spec']['postgresql']['parameters']['max_connections']}" in command


# The settings


@pytest.mark.parametrize("component", [*(service.module for service in IN_THE_BASE), "setup", "sensorctl"])
def test_the_environment_of_a_pod_is_accepted(
    component: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given the files that Kubernetes mounts, and no variable but the pod's
    for path in mounted(component):
        (tmp_path / path).write_text(CONTENT.get(path, f"a {path}"), encoding="utf-8")
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in variables(component).items():
        monkeypatch.setenv(name, value.replace(SECRETS, f"{tmp_path}/"))
    monitors = component == "sensorctl" or component in {item.module for item in SERVICES if item.monitors}
    # when a service reads its settings
    loaded = load(READERS[component])
    # then they name the servers, and every variable is one that it reads
    assert getattr(loaded, "rabbitmq_host", "sensors-rabbitmq") == "sensors-rabbitmq"
    hosts = getattr(loaded, "postgres_host", "sensors-postgres-rw")
    assert str(hosts).split(",") == ["sensors-postgres-rw", "sensors-postgres-ro"][: 2 if monitors else 1]
    read = {MANAGER.password_variable} if component == "sensorctl" else set()
    for field, info in READERS[component].model_fields.items():
        read.update(variable_names(field, info))
    assert {name for name in variables(component) if not {name, name.removesuffix("_FILE")} & read} == set()


def test_the_values_may_set_the_variables_of_the_services_and_no_others() -> None:
    assert settings_names.SCHEMA.read_text(encoding="utf-8") == settings_names.schema(), (
        "run: make kubernetes"
    )


# Security


def test_pods_meet_the_restricted_profile_and_reach_no_api() -> None:
    assert set(pods()) == {service.module for service in IN_THE_BASE} | {"setup", "sensorctl", "worker-job"}
    for template in pods().values():
        pod = template["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not pod["automountServiceAccountToken"]
        for volume in pod["volumes"]:
            assert set(volume) - {"name"} <= {"emptyDir", "projected"}
        for found in pod["containers"]:
            context = found["securityContext"]
            assert not context["allowPrivilegeEscalation"]
            assert context["readOnlyRootFilesystem"]
            assert context["capabilities"] == {"drop": ["ALL"]}


def test_no_service_of_the_namespace_sets_a_variable_of_ours() -> None:
    # For a Service of the name rabbitmq, Kubernetes would set RABBITMQ_PORT to tcp://…
    assert not any(template["spec"]["enableServiceLinks"] for template in pods().values())


def test_no_password_is_in_the_files() -> None:
    secrets = {document["metadata"]["name"]: document["stringData"] for document in of_kind("Secret")}
    assert secrets == {"sensors-keda": {"username": "alerter"}}

"""The Helm chart renders valid manifests and the Kustomize base, and refuses values that mean nothing."""

import subprocess
from pathlib import Path

import pytest

from reporter.settings import ReporterSettings
from runtime.services import SERVICES
from runtime.settings import load
from runtime.tracing_settings import TracingSettings
from runtime.version import VERSION
from scripts.docs.variables import READERS
from scripts.kubernetes import render as renderer
from scripts.kubernetes.render import CHART, HELM, KUBERNETES, template
from tests.kubernetes.manifests import check, kustomize, parse
from tests.kubernetes.variants import EXTERNAL, VARIANTS, render


def test_helm_finds_nothing_wrong() -> None:
    process = subprocess.run([HELM, "lint", "--strict", CHART], check=False, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout


def test_the_api_accepts_what_helm_and_kustomize_render() -> None:
    documents = [document for variant in VARIANTS for document in render(variant)]
    documents += [document for folder in ("base", "example") for document in kustomize(KUBERNETES / folder)]
    assert check(documents) == ""


def test_the_base_is_rendered_from_the_chart() -> None:
    rendered = renderer.files()
    assert {file: file.read_text(encoding="utf-8") for file in rendered} == rendered


def test_kustomize_builds_every_rendered_file() -> None:
    built = {
        (document["kind"], document["metadata"]["name"]) for document in kustomize(KUBERNETES / "example")
    }
    rendered = {
        (document["kind"], document["metadata"]["name"])
        for text in renderer.files().values()
        for document in parse(text)
    }
    assert built == rendered | {("Namespace", "sensors")}


def test_with_keda_kustomize_leaves_the_number_of_consumers_to_it() -> None:
    [consumers] = [
        document for document in kustomize(KUBERNETES / "example")
        if document["kind"] == "Deployment" and document["metadata"]["name"] == "sensors-pipeline-processor"
    ]  # fmt: skip
    assert "replicas" not in consumers["spec"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"pipeline.settings.BATCHSIZE": "auto"}, "additional properties 'BATCHSIZE' not allowed"),
        ({"pipeline.settings.RABBITMQ_HOST": "a"}, "additional properties 'RABBITMQ_HOST' not allowed"),
        ({"pipline.replicas": "2"}, "additional properties 'pipline' not allowed"),
        ({"rabbitmq.replicas": "2"}, "/rabbitmq/replicas"),
        ({"worker.replicas": "0"}, "/worker/replicas"),
        ({"image.prefix": "registry.example.org"}, "/image/prefix"),
        ({"rabbitmq.operator": "false"}, "rabbitmq.host must name your broker"),
        (
            {"rabbitmq.operator": "false", "rabbitmq.host": "a", "rabbitmq.managementUrl": "b"},
            "rabbitmq.ownerSecret must name a Secret",
        ),
        (
            {"rabbitmq.operator": "false", "rabbitmq.host": "a", "rabbitmq.ownerSecret": "b"},
            "rabbitmq.managementUrl must be the address",
        ),
        ({"postgres.operator": "false"}, "postgres.host must name your server"),
        ({"postgres.operator": "false", "postgres.host": "a"}, "postgres.ownerSecret must name a Secret"),
        ({"ingress.enabled": "true"}, "ingress.host must be the name of the page"),
        ({"worker.enabled": "true"}, "workflows.enabled"),
        ({"reporter.enabled": "true"}, "workflows.enabled"),
        ({"keda.enabled": "true", "keda.pipeline.minReplicaCount": "9"}, "keda.pipeline.maxReplicaCount"),
    ],
)
def test_the_chart_refuses_values_and_says_why(values: dict[str, str], message: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        template(values)
    assert message in refusal.value.stderr


def test_a_misspelled_field_is_found() -> None:
    [account] = [document for document in render("defaults") if document["kind"] == "ServiceAccount"]
    assert "automountServiceAccountTokens" in check([{**account, "automountServiceAccountTokens": False}])


def test_each_change_of_setup_is_another_job() -> None:
    names = {
        document["metadata"]["name"]
        for values in ({}, {"setup.settings.RETENTION_DAYS": "30"}, {"image.tag": "0.2.0"})
        for document in parse(template(values))
        if document["kind"] == "Job"
    }
    assert len(names) == 3


def test_the_reporter_which_is_not_in_the_base_runs_as_its_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [reporter] = [service for service in SERVICES if service.module == "reporter"]
    [found] = [
        document for document in render("everything")
        if document["kind"] == "Deployment" and document["metadata"]["name"] == "sensors-reporter"
    ]  # fmt: skip
    pod = found["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["image"] == f"registry.example.org/{reporter.image}:{VERSION}"
    # given the files and variables of its pod
    [projected] = [volume["projected"] for volume in pod["volumes"] if volume["name"] == "secrets"]
    for source in projected["sources"]:
        for item in source["secret"]["items"]:
            (tmp_path / item["path"]).write_text(f"a={item['key']}", encoding="utf-8")
    for variable in container["env"]:
        monkeypatch.setenv(variable["name"], variable["value"].replace("/run/secrets/sensors", str(tmp_path)))
    monkeypatch.delenv("RABBITMQ_TLS_CA")  # it must be a certificate
    # when it reads its settings
    settings = load(ReporterSettings)
    # then it logs in as the worker, and at the WebDAV server with the Secret's login
    assert reporter.broker_user
    assert reporter.database_role
    assert settings.rabbitmq_user == reporter.broker_user.name
    assert settings.rabbitmq_pass.get_secret_value() == f"a={reporter.broker_user.password_variable}"
    assert settings.postgres_password.get_secret_value() == f"a={reporter.database_role.password_variable}"
    assert (settings.webdav_user, settings.webdav_password.get_secret_value()) == (
        "a=WEBDAV_USER", "a=WEBDAV_PASSWORD",
    )  # fmt: skip
    assert settings.webdav_ca_file == str(tmp_path / "WEBDAV_CA")


def test_the_network_policies_have_the_ports_of_servers_of_ones_own() -> None:
    values = EXTERNAL | {
        "networkPolicy.enabled": "true",
        "rabbitmq.host": "rabbit-1.example.org\\,rabbit-2.example.org:5673",
        "rabbitmq.managementUrl": "https://rabbit-1.example.org\\,http://rabbit-2:15680/api",
        "postgres.host": "database-1:6432\\,database-2:6432",
        "traces.endpoint": "http://collector-2",
    }
    ports = {
        item["metadata"]["name"]: [port["port"] for rule in item["spec"]["egress"] for port in rule["ports"]]
        for item in parse(template(values))
        if item["kind"] == "NetworkPolicy" and item["metadata"]["name"].startswith("sensors-to-")
        and "ports" in item["spec"]["egress"][0]
    }  # fmt: skip
    assert ports == {
        "sensors-to-broker": [5671, 5673],
        "sensors-to-management": [443, 15680],
        "sensors-to-database": [6432],
        "sensors-to-collector": [80],
    }


def test_what_sends_spans_gets_the_collector_and_may_reach_its_port() -> None:
    documents = render("everything")
    [policy] = [item for item in documents if item["metadata"]["name"] == "sensors-to-collector"]
    [expression] = policy["spec"]["podSelector"]["matchExpressions"]
    assert policy["spec"]["egress"] == [{"ports": [{"protocol": "TCP", "port": 4318}]}]
    pods = [item["spec"]["template"] for item in documents if "template" in item.get("spec", {})]
    pods += [item["spec"]["jobTargetRef"]["template"] for item in documents if item["kind"] == "ScaledJob"]
    sending = {
        pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in pods
        if "OTEL_EXPORTER_OTLP_ENDPOINT" in {item["name"] for item in pod["spec"]["containers"][0]["env"]}
    }  # fmt: skip
    assert sending == set(expression["values"])
    reading = {name for name, settings in READERS.items() if issubclass(settings, TracingSettings)}
    assert sending == (reading - {"setup", "native"}) | {"worker-job"}

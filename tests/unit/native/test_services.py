"""The instances of services in the native stack, and their settings."""

import pytest

from native.services import service_instances
from native.settings import StackSettings
from runtime.errors import ConfigurationError
from runtime.services import Stage
from runtime.settings import load


def test_there_are_three_sensors_a_dashboard_an_alerter_and_the_requested_number_of_consumers() -> None:
    instances = list(service_instances(StackSettings(), pipelines=2))
    assert [(i.name, i.service.module, i.http_port) for i in instances] == [
        ("pipeline-1", "pipeline", 9121),
        ("pipeline-2", "pipeline", 9122),
        ("sensor-1", "sensor", 9111),
        ("sensor-2", "sensor", 9112),
        ("sensor-3", "sensor", 9113),
        ("dashboard", "dashboard", 8085),
        ("analysis", "analysis", 9141),
        ("alerter", "alerter", 9131),
    ]
    assert [instance.service.stage for instance in instances] == [
        *[Stage.PIPELINE] * 2, *[Stage.SENSOR] * 3, Stage.DASHBOARD, Stage.ANALYSIS,
        Stage.ALERTER,
    ]  # fmt: skip


def test_a_profile_enables_its_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_PROFILES", "metrics, workflows")
    instances = service_instances(load(StackSettings), pipelines=1)
    assert ("worker-1", 9161) in [(instance.name, instance.http_port) for instance in instances]


def test_the_scaler_runs_with_its_profile_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "scaler" not in {instance.name for instance in service_instances(StackSettings(), pipelines=1)}
    monkeypatch.setenv("COMPOSE_PROFILES", "scaler")
    instances = service_instances(load(StackSettings), pipelines=1)
    assert ("scaler", 9181) in [(instance.name, instance.http_port) for instance in instances]


def test_a_service_may_be_in_several_profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_PROFILES", "reports")
    names = {instance.name for instance in service_instances(load(StackSettings), pipelines=1)}
    assert {"workflows", "reporter-1"} <= names
    assert "worker-1" not in names


def test_a_variable_moves_the_ports_of_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENSOR_HTTP_PORT", "29000")
    instances = service_instances(load(StackSettings), pipelines=1)
    assert [i.http_port for i in instances if i.service.module == "sensor"] == [29000, 29001, 29002]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PIPELINES", "0"),
        ("DASHBOARD_HOST_PORT", "70000"),
        ("MQTT_HOST_PORT", "x"),
        ("SCALER_MAX_REPLICA_COUNT", "0"),
        ("COMPOSE_PROFILES", "metrics,report"),
    ],
)
def test_an_invalid_setting_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=f"{variable} is '{value}'"):
        load(StackSettings)

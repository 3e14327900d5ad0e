"""Traces are off without an endpoint; OpenTelemetry's variables say which are recorded."""

import pytest

from runtime.settings import load
from runtime.tracing_settings import Sampling, TracingSettings
from tests.unit.fakes import GetSettingsError

ENDPOINT = "http://collector:4318"


@pytest.mark.parametrize(
    ("variables", "endpoint"),
    [
        ({}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": f"{ENDPOINT}/base/"}, f"{ENDPOINT}/base/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{ENDPOINT}/spans"}, f"{ENDPOINT}/spans"),
    ],
)
def test_the_endpoint_turns_traces_on(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], endpoint: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    settings = load(TracingSettings)

    assert (settings.traces_endpoint, settings.traces_are_on) == (endpoint, endpoint is not None)


@pytest.mark.parametrize("variable", ["OTEL_SDK_DISABLED=true", "OTEL_TRACES_EXPORTER=none"])
def test_traces_can_be_turned_off_in_spite_of_an_endpoint(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", ENDPOINT)
    monkeypatch.setenv(*variable.split("="))

    assert not load(TracingSettings).traces_are_on


@pytest.mark.parametrize(
    ("sampler", "ratio", "sampling"),
    [
        ("", "", Sampling(0.001, parent_based=True)),
        ("", "0.5", Sampling(0.5, parent_based=True)),
        ("traceidratio", "0.2", Sampling(0.2, parent_based=False)),
        ("parentbased_always_on", "", Sampling(1.0, parent_based=True)),
        ("always_off", "0.5", Sampling(0.0, parent_based=False)),
    ],
)
def test_the_sampler(monkeypatch: pytest.MonkeyPatch, sampler: str, ratio: str, sampling: Sampling) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", ratio)

    assert load(TracingSettings).sampling == sampling


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"OTEL_TRACES_SAMPLER": "traceidratio"}, "set OTEL_TRACES_SAMPLER_ARG, such as 0.001"),
        ({"OTEL_TRACES_SAMPLER_ARG": "1%"}, "OTEL_TRACES_SAMPLER_ARG is '1%'"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"}, "must be an http or https URL"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "test"}, "must be pairs such as name=value"),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "10"}, "OTEL_EXPORTER_OTLP_TIMEOUT is '10'"),
        ({"OTEL_EXPORTER_OTLP_CERTIFICATE": "/none"}, "must be the path of a file that can be read"),
        ({"OTEL_BSP_MAX_QUEUE_SIZE": "100"}, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE (512) is above"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    settings_error: GetSettingsError, variables: dict[str, str], message: str
) -> None:
    assert message in settings_error(TracingSettings, **variables)


def test_a_refused_header_is_not_shown(settings_error: GetSettingsError) -> None:
    message = settings_error(TracingSettings, OTEL_EXPORTER_OTLP_HEADERS="s3cret")

    assert "OTEL_EXPORTER_OTLP_HEADERS: must be pairs" in message
    assert "s3cret" not in message


def test_pairs_are_percent_decoded() -> None:
    settings = TracingSettings(
        otel_resource_attributes="a=1%2C2, b = x=y",
        otel_service_name="kitchen",
        otel_exporter_otlp_headers="authorization=Bearer%20abc",
    )

    assert settings.resource_attributes == {"a": "1,2", "b": "x=y", "service.name": "kitchen"}
    assert settings.export_headers == {"authorization": "Bearer abc"}

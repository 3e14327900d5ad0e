"""What the consumer takes from the environment."""

import os
from zoneinfo import ZoneInfo

import pytest

from pipeline.settings import PipelineSettings
from service.errors import ConfigurationError
from service.settings import load


def test_a_fresh_environment_is_enough() -> None:
    settings = load(PipelineSettings)

    assert settings.prefetch_count == 1
    assert (settings.processing_seconds_min, settings.processing_seconds_max) == (0, 0)
    assert settings.naive_time_zone == ZoneInfo("UTC")
    assert settings.name.startswith("pipeline@")
    assert settings.name.endswith(f":{os.getpid()}")


def test_the_zone_of_naive_times_is_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAIVE_TIME_ZONE", "America/Sao_Paulo")

    assert load(PipelineSettings).naive_time_zone == ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("NAIVE_TIME_ZONE", "Mars/Olympus", "must be a time zone such as UTC or Europe/Berlin"),
        ("NAIVE_TIME_ZONE", "../../etc/passwd", "must be a time zone"),
        ("NAIVE_TIME_ZONE", "/etc/hostname", "must be a time zone"),
        ("NAIVE_TIME_ZONE", "Europe", "must be a time zone"),
        ("PREFETCH_COUNT", "0", "greater than or equal to 1"),
        ("PREFETCH_COUNT", "65536", "less than or equal to 65535"),
        ("PROCESSING_SECONDS_MIN", "-1", "greater than or equal to 0"),
        ("PROCESSING_SECONDS_MAX", "1e9", "less than or equal to 3600"),
    ],
)
def test_a_wrong_variable_is_told_with_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError) as caught:
        load(PipelineSettings)

    assert str(caught.value).startswith(f"{variable} is {value!r}: ")
    assert allowed in str(caught.value)


def test_the_range_of_simulated_work_must_be_a_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROCESSING_SECONDS_MIN", "2")
    monkeypatch.setenv("PROCESSING_SECONDS_MAX", "0.5")

    with pytest.raises(ConfigurationError) as caught:
        load(PipelineSettings)

    assert str(caught.value) == "PROCESSING_SECONDS_MAX (0.5) is below PROCESSING_SECONDS_MIN (2)"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RABBITMQ_URL", "http://u:s3cret@h/"),
        ("DATABASE_URL", "mysql://u:s3cret@h/"),
        ("DATABASE_URL", "postgresql://u:s3/cret@h:s3cret/d"),
    ],
)
def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError) as caught:
        load(PipelineSettings)

    assert str(caught.value).startswith(f"{variable}: must look like ")
    assert "s3" not in str(caught.value)
